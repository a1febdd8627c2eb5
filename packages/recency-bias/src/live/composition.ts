/** The composition of the latest batches, beside that of all samples. */
import { element, percent, svg } from './elements.js';
import type { LiveComposition } from './update.js';

const UNCERTAINTIES = ['sure', 'a little unsure', 'unsure', 'very unsure'];
/** Classes that are shown; of more, those that are drawn most beyond their share. */
const CLASSES = 8;

type Row = readonly [name: string, share: { readonly drawn: number; readonly all: number }];

function bar(share: number, kind: string): SVGElement {
  return svg(
    'svg',
    { class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: kind, width: (100 * share).toFixed(1), height: 6 }),
  );
}

function table(title: string, kind: string, rows: readonly Row[]): HTMLElement {
  const head = element('tr', '', ...[kind, 'batches', 'all samples'].map((text) => cell('th', text)));
  const body = rows.map(([name, { drawn, all }]) =>
    element(
      'tr',
      '',
      cell('th', name),
      cell('td', percent(drawn), bar(drawn, 'drawn')),
      cell('td', percent(all), bar(all, 'all')),
    ),
  );
  return element(
    'table',
    '',
    element('caption', '', title),
    element('thead', '', head),
    element('tbody', '', ...body),
  );
}

function cell(kind: 'th' | 'td', text: string, ...more: Node[]): HTMLTableCellElement {
  return element(kind, '', text, ...more);
}

/** The tables; none before the first batch. */
export function compositionTables(
  composition: LiveComposition | undefined,
  nameOf: (label: number) => string,
): HTMLElement[] {
  if (composition === undefined) return [];
  const { byUncertainty, byLabel, drawn } = composition;
  const rows = byUncertainty.map((share, i): Row => [UNCERTAINTIES[i]!, share]);
  const classes = (byLabel ?? [])
    .map((share, label) => [nameOf(label), share] as const)
    .sort(([, a], [, b]) => b.drawn - b.all - (a.drawn - a.all))
    .slice(0, CLASSES);
  return [
    table(
      `The last ${drawn.toLocaleString('en')} samples, by how unsure the network is of them`,
      'network is',
      rows,
    ),
    ...(classes.length === 0 ? [] : [table('By class, the most favoured first', 'class', classes)]),
  ];
}
