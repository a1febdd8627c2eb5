/** Results of a grid search as maps of best test errors. */
import type { Comparison } from '../../records/run.js';
import type { SelectorErrors } from './errors.js';
import type { SeedMean } from './statistics.js';

/** One map. */
export interface GridMap {
  /** Values of the options beyond two that this map belongs to, e.g. `update batch`; empty for the only map. */
  readonly others: string;
  readonly rowOption: string;
  readonly rows: readonly string[];
  readonly columnOption: string;
  readonly columns: readonly string[];
  /** cells[row][column]: best test error, a fraction; null while no run of it has ended. */
  readonly cells: readonly (readonly (SeedMean | null)[])[];
}

/** Every combination of values, the last varying fastest, as `name value, name value`. */
function combinations(options: readonly (readonly [string, readonly unknown[]])[]): string[] {
  return options.reduce<string[]>(
    (found, [name, values]) =>
      found.flatMap((text) =>
        values.map((value) => `${text === '' ? '' : `${text}, `}${name} ${String(value)}`),
      ),
    [''],
  );
}

/**
 * Maps of the two options named last, one for each combination of the others (usually there are none). Empty when the experiment
 * has no grid.
 */
export function gridMaps({ experiment }: Comparison, errors: readonly SelectorErrors[]): GridMap[] {
  const { grid } = experiment;
  if (grid?.labels === undefined) return [];
  const { labels } = grid;
  const options: [string, readonly unknown[]][] = Object.entries(grid.options);
  const [columnOption, columns] = options.pop() ?? ['', []];
  const [rowOption, rows] = options.pop() ?? ['', ['']];
  const combined = combinations(options);
  if (labels.length === 0 || labels.length !== combined.length * rows.length * columns.length) return [];
  const bestOf = (label: string): SeedMean | null =>
    errors.find(({ selector }) => selector === label)?.best ?? null;
  return combined.map((others, map) => ({
    others,
    rowOption,
    rows: rows.map(String),
    columnOption,
    columns: columns.map(String),
    cells: rows.map((_, row) =>
      columns.map((_, column) => bestOf(labels[(map * rows.length + row) * columns.length + column] ?? '')),
    ),
  }));
}
