/** The card that explains one digit: its window, the entropy of it term by term, F. */
import type { LabelHistory } from 'recency-bias';
import { drawDigit } from '../digits/digit-pictures.js';
import type { Digits } from '../digits/packed-digits.js';
import { element } from '../page/dom.js';
import { LABEL_COLORS } from '../page/label-colors.js';
import { entropyTerms } from './entropy-terms.js';

function cell(label: number): HTMLElement {
  return element('li', { style: `--label:${LABEL_COLORS[label]!}` }, String(label));
}

/** A share without needless zeros: 0.3, 0.25. */
function decimal(share: number): string {
  return String(Number(share.toFixed(2)));
}

/** A window in words. */
function verdict(window: readonly number[], label: number, uncertainty: number): string {
  if (window.length === 0) return 'It has not been seen yet.';
  if (uncertainty > 0.35) return 'It cannot decide. This digit is drawn more often.';
  if (uncertainty > 0) return 'It wavers. This digit is drawn a little more often.';
  return window.at(-1) === label
    ? 'It is sure, and right. There is little left to learn here.'
    : 'It is sure, and wrong each time in the same way. It does not learn from this digit at the moment.';
}

/** Shows a digit of the training data in an element. */
export function showCard(root: HTMLElement, digits: Digits, history: LabelHistory, index: number): void {
  const label = digits.labels[index]!;
  const window = history.labels(index);
  const uncertainty = history.uncertainty(index);
  const picture = element('canvas', { class: 'digit', role: 'img', 'aria-label': `a handwritten ${label}` });
  drawDigit(picture, digits, index);
  const rows = entropyTerms(window, history.classes).map(({ label: predicted, count, share, term }) =>
    element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        element('span', { class: 'chip', style: `--label:${LABEL_COLORS[predicted]!}` }, String(predicted)),
      ),
      element('td', {}, `${count} of ${window.length}`),
      element('td', {}, share === 1 ? '0' : `−${decimal(share)} ln ${decimal(share)} / ln 10`),
      element('td', {}, term.toFixed(3)),
    ),
  );
  root.replaceChildren(
    element(
      'div',
      { class: 'card-head' },
      picture,
      element(
        'div',
        {},
        element('h3', {}, `Digit ${index + 1}: a ${label}`),
        element('p', { class: 'note' }, verdict(window, label, uncertainty)),
      ),
    ),
    element(
      'p',
      { class: 'card-label' },
      window.length === 0
        ? 'no labels yet'
        : `its last ${window.length === 1 ? 'label' : `${window.length} labels`}, the newest on the right`,
    ),
    element('ol', { class: 'window' }, ...window.map(cell)),
    element(
      'table',
      {},
      element('caption', { class: 'hidden' }, 'The uncertainty of this digit, term by term'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['label', 'times', 'term', 'value'].map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element('tbody', {}, ...rows),
      element(
        'tfoot',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'row', colspan: 3 }, 'uncertainty F'),
          element('td', { class: 'f' }, window.length === 0 ? '–' : uncertainty.toFixed(3)),
        ),
      ),
    ),
    element(
      'div',
      { class: 'meter', 'aria-hidden': 'true' },
      element('i', { style: `width:${100 * (window.length === 0 ? 0 : uncertainty)}%` }),
    ),
  );
}
