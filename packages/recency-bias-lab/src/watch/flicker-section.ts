/** The section on the samples that a run is unsure of while it trains, and on the composition of its batches. */
import { percent, plural } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import { card } from '../report/html/samples-section.js';
import type { Place } from '../report/html/section.js';
import { section } from '../report/html/section.js';
import type { Composition, Shares } from './composition.js';
import type { FlickerState } from './flicker.js';
import { runTitle } from './run-progress.js';
import type { RunProgress } from './run-progress.js';

/** Rules of the style sheet beside those of the report. */
export const FLICKER_STYLES = `
.flicker{gap:10px}
.flicker .sample{padding:10px 14px}
.composition thead td{border:0}
.composition td.shares{width:46%;min-width:130px;padding-right:0}
.shares span{display:flex;height:16px;border-radius:4px;overflow:hidden}
.shares i{background:var(--line)}
.shares .wavering{background:color-mix(in oklab,#e8590c 42%,var(--line))}
.shares .undecided{background:#e8590c}
`;

/** More samples than so many are behind a click. */
const MOST_OPEN = 8;

/** The groups in the order of the bars, and what they are called. */
const GROUPS = [
  ['sure', 'It is sure'],
  ['wavering', 'It wavers'],
  ['undecided', 'It cannot decide'],
] as const satisfies readonly (readonly [keyof Shares, string])[];

function row(name: string, shares: Shares): Markup {
  return html`<tr>
    <th scope="row">${name}</th>
    ${GROUPS.map(([group]) => html`<td>${percent(shares[group], 1)} %</td>`)}
    <td class="shares" aria-hidden="true">
      <span
        >${GROUPS.map(([group]) => html`<i class="${group}" style="width:${percent(shares[group], 2)}%"></i>`)}</span
      >
    </td>
  </tr>`;
}

function compositionTable({ data, batches, sinceEpoch }: Composition): Markup {
  return html`<div class="card scroll" role="region" tabindex="0" aria-label="What the batches are made of">
    <table class="composition narrow">
      <thead>
        <tr>
          <th scope="col">Samples</th>
          ${GROUPS.map(([, name]) => html`<th scope="col">${name}</th>`)}
          <td aria-hidden="true"></td>
        </tr>
      </thead>
      <tbody>
        ${row('in the training set', data)}
        ${row(sinceEpoch === 0 ? 'in the batches so far' : `in the batches since epoch ${sinceEpoch}`, batches)}
      </tbody>
    </table>
  </div>`;
}

/** A run that trains, and its most uncertain samples. */
export interface ShownFlicker {
  readonly run: RunProgress;
  readonly flicker: FlickerState;
  readonly classNames: readonly string[];
}

/** Windows of a run that trains; nothing where no run has saved any. */
export function flickerSection(
  shown: ShownFlicker | undefined,
  place: Place,
  title: (selector: string) => string,
): Markup {
  if (shown === undefined || shown.flicker.samples.length === 0) return html``;
  const { run, flicker, classNames } = shown;
  const name = 'What the network is unsure of now';
  if (flicker.samples.every(({ window }) => window.length < 2)) {
    return section(
      place,
      'flicker',
      name,
      html`<p class="note">
        The network has named each sample once so far. From the second epoch on, the samples that it cannot
        decide on stand here.
      </p>`,
    );
  }
  const cards = (samples: typeof flicker.samples): Markup =>
    html`<ul class="samples flicker">
      ${samples.map((sample) => card({ ...sample, window: [...sample.window] }, classNames, String(sample.index)))}
    </ul>`;
  const [first, others] = [flicker.samples.slice(0, MOST_OPEN), flicker.samples.slice(MOST_OPEN)];
  return section(
    place,
    'flicker',
    name,
    html`<p class="note">
        The ${plural(flicker.samples.length, 'training sample')} whose predicted labels disagree most, with
        ${runTitle(run, title)}, ${plural(flicker.epoch, 'epoch')} done. Cells are the window of predicted
        labels, oldest first; each time a sample is trained, its newest prediction comes in at the right.
      </p>
      ${flicker.composition && compositionTable(flicker.composition)} ${cards(first)}
      ${
        others.length > 0 &&
        html`<details>
          <summary>${others.length} more</summary>
          ${cards(others)}
        </details>`
      }`,
  );
}
