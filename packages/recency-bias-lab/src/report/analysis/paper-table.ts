/** The paper's table over all experiments run so far: a row for each, a column for each method, ours beside the paper's. */
import { definitionOf, isUsualLabel } from '../../ground/methods.js';
import type { Analysis } from './results.js';
import type { PaperCell } from './paper-numbers.js';
import { PAPER_CELLS, PAPER_METHODS } from './paper-numbers.js';
import type { SeedMean, Verdict } from './statistics.js';

/** One method in one experiment. */
export interface TableCell {
  /** Best test error over seeds, a fraction. */
  readonly error: SeedMean;
  /** Relative reduction over the random baseline; null for the baseline itself, or without one. */
  readonly reduction: number | null;
  readonly verdict: Verdict | null;
  /** Seeds that the verdict rests on. */
  readonly pairs: number;
}

/** One experiment. */
export interface TableRow {
  /** Its place among the analyses. */
  readonly index: number;
  readonly name: string;
  /** Registry name. */
  readonly model: string;
  /** As the experiment gives them. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly parameters: number;
  readonly trainSize: number;
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly seeds: number;
  /** By column; null where the method was not run, or no run of it has ended. */
  readonly cells: readonly (TableCell | null)[];
}

/** Experiments on the same data with the same optimizer, and what the paper reports of these. */
export interface TableGroup {
  readonly dataset: string;
  /** Name of the optimizer, e.g. `sgd`; empty when unknown. */
  readonly optimizer: string;
  readonly rows: readonly TableRow[];
  readonly paper: readonly PaperCell[];
}

/** The whole table. */
export interface PaperTable {
  /** Registry names: the paper's methods first, then others that were run. */
  readonly columns: readonly { readonly method: string; readonly title: string }[];
  readonly groups: readonly TableGroup[];
}

/** Name of the model of fine-tuning experiments. */
export const FINE_TUNED = 'pretrained';

/** Whether a registry name is one of the paper's methods. */
function isPaperMethod(method: string): boolean {
  return PAPER_METHODS.some(({ name }) => name === method);
}

/**
 * The selector that stands for a method: the one labelled with its name (or `random`), else the only one of that method. None where
 * several variants compete, as in a grid: taking the best of them would favour the method.
 */
export function representative({ results }: Analysis, method: string): string | null {
  const own = results.selectors.filter((row) => (row.method?.name ?? row.selector) === method);
  const plain = own.find(({ selector }) => isUsualLabel(selector, method));
  return (plain ?? (own.length === 1 ? own[0] : undefined))?.selector ?? null;
}

function tableCell(analysis: Analysis, method: string): TableCell | null {
  const { results } = analysis;
  const selector = representative(analysis, method);
  const row = results.selectors.find((candidate) => candidate.selector === selector);
  if (row?.best == null) return null;
  const comparison = results.errorComparisons.find(
    (candidate) => candidate.selector === selector && candidate.over === results.baseline,
  );
  return {
    error: row.best,
    reduction: comparison?.relativeReduction ?? null,
    verdict: comparison?.difference.verdict ?? null,
    pairs: comparison?.difference.n ?? 0,
  };
}

/** Methods beyond the paper's that an experiment can show in a column of its own. */
function otherMethods(analyses: readonly Analysis[]): string[] {
  const methods = analyses.flatMap((analysis) =>
    analysis.results.selectors
      .map(({ selector, method }) => method?.name ?? selector)
      .filter((method) => !isPaperMethod(method) && definitionOf(method) !== undefined)
      .filter((method) => representative(analysis, method) !== null),
  );
  return [...new Set(methods)];
}

/** Builds the table; experiments of which no run has begun are left out. */
export function paperTable(analyses: readonly Analysis[]): PaperTable {
  const columns = [...PAPER_METHODS.map(({ name }) => name), ...otherMethods(analyses)];
  const groups = new Map<string, TableGroup & { readonly rows: TableRow[] }>();
  for (const [index, analysis] of analyses.entries()) {
    const { comparison, header, results } = analysis;
    if (header === null) continue;
    const dataset = header.dataset.name;
    const optimizer = comparison.experiment.optimizer?.name ?? '';
    const key = JSON.stringify([dataset, optimizer]);
    const group = groups.get(key) ?? {
      dataset,
      optimizer,
      rows: [],
      paper: PAPER_CELLS.filter((cell) => cell.dataset === dataset && cell.optimizer === optimizer),
    };
    groups.set(key, group);
    group.rows.push({
      index,
      name: results.name,
      model: header.model.name,
      modelOptions: comparison.experiment.model?.options ?? {},
      parameters: header.model.parameters,
      trainSize: header.dataset.trainSize,
      epochs: header.epochs,
      warmupEpochs: header.warmupEpochs,
      seeds: results.seeds.length,
      cells: columns.map((method) => tableCell(analysis, method)),
    });
  }
  const order = [...new Set(PAPER_CELLS.map(({ dataset }) => dataset))];
  const rank = ({ dataset }: TableGroup): number =>
    order.includes(dataset) ? order.indexOf(dataset) : order.length;
  return {
    columns: columns.map((method) => ({ method, title: definitionOf(method)?.title ?? method })),
    groups: [...groups.values()].sort((a, b) => rank(a) - rank(b)),
  };
}

/** Relative reduction over random batches that the paper reports, by column; null where it has no number. */
export function paperReductions({ errors }: PaperCell): (number | null)[] {
  const [random] = errors;
  return errors.map((error, i) => (i === 0 ? null : (random - error) / random));
}
