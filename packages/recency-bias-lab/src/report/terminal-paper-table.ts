/** The paper's table for the terminal: at most 100 columns, readable without colour. */
import pc from 'picocolors';
import type { PaperTable, TableCell, TableGroup, TableRow } from './analysis/paper-table.js';
import { paperReductions } from './analysis/paper-table.js';
import { PAPER_METHODS } from './analysis/paper-numbers.js';
import { change, NONE, percentEstimate, plural } from './format.js';
import { groupTitle, modelTitle, withoutRow } from './paper-table-words.js';
import type { Cell } from './terminal-text.js';
import { printable } from './printable.js';
import { aligned, clipped, paint, wrapped } from './terminal-text.js';

const LABEL_WIDTH = 28;
const COLUMNS = PAPER_METHODS.length;

function line(label: Cell, cells: readonly Cell[]): Cell[] {
  return [{ ...label, text: clipped(label.text, LABEL_WIDTH) }, ...cells];
}

function byColumn(read: (column: number) => Cell): Cell[] {
  return Array.from({ length: COLUMNS }, (_, column) => read(column));
}

function verdict(found: TableCell | null | undefined): Cell {
  if (found?.verdict == null || found.pairs === 0) return { text: '' };
  return { text: found.pairs === 1 ? 'one seed' : found.verdict, paint: paint(found.verdict) };
}

/** Three lines: errors, changes against Random, verdicts. */
function ours(row: TableRow): Cell[][] {
  const { trainSize, epochs, cells } = row;
  const changes = byColumn((i) => ({ text: cells[i]?.reduction == null ? '' : change(cells[i].reduction) }));
  return [
    line(
      { text: printable(modelTitle(row)), paint: pc.bold },
      byColumn((i) => ({ text: percentEstimate(cells[i]?.error ?? null) })),
    ),
    line({ text: `  ${plural(trainSize, 'sample')}, ${plural(epochs, 'epoch')}`, paint: pc.dim }, changes),
    line(
      { text: '' },
      byColumn((i) => verdict(cells[i])),
    ),
  ];
}

function papers({ paper }: TableGroup): Cell[][] {
  return paper.flatMap((row) => {
    const reductions = paperReductions(row);
    return [
      line(
        { text: `paper: ${row.model}`, paint: pc.dim },
        byColumn((i) => ({ text: row.errors[i]?.toPrecision(3) ?? NONE, paint: pc.dim })),
      ),
      line(
        { text: '' },
        byColumn((i) => ({ text: reductions[i] == null ? '' : change(reductions[i]), paint: pc.dim })),
      ),
    ];
  });
}

/** All groups with one set of columns, and a note on what is compared. */
export function terminalPaperTable({ columns, groups }: PaperTable): string {
  const headings = line(
    { text: 'Best test error, %', paint: pc.dim },
    columns.slice(0, COLUMNS).map(({ title }) => ({ text: title, paint: pc.dim })),
  );
  const blocks = groups.map((group) => [...group.rows.flatMap(ours), ...papers(group)]);
  const [heading = '', ...lines] = aligned([headings, ...blocks.flat()], 'right');
  let next = 0;
  const text = groups.flatMap((group, i) => {
    const own = lines.slice(next, (next += blocks[i]!.length));
    const title = pc.bold(printable(groupTitle(group)));
    const note = group.paper.length === 0 ? wrapped(`paper: ${withoutRow(group)}`, '  ').map(pc.dim) : [];
    return ['', title, ...own, ...note];
  });
  const rest = columns.length > COLUMNS ? ' Other methods are on the page.' : '';
  return [
    heading,
    ...text,
    '',
    ...wrapped(
      `Below each error: the change against Random, and whether it is beyond the noise. Where networks and sizes differ from the paper’s, compare how the methods rank.${rest}`,
      '',
    ).map(pc.dim),
  ]
    .map((row) => row.trimEnd())
    .join('\n');
}
