/** Results of a grid search as maps of best test errors. */
import { z } from 'zod';
import type { Comparison } from '../../records/run.js';
import type { SelectorErrors } from './errors.js';
import type { Estimate } from './statistics.js';

/** The part of a resolved experiment that says what its grid was: see experiment/grid.ts. */
const gridSchema = z.object({
  selector: z.string(),
  options: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.boolean()])).min(1)),
  /** Selectors' labels, the option named last varying fastest. */
  labels: z.array(z.string()),
});

/** One map. */
export interface GridMap {
  /** Values of the options beyond two that this map belongs to, e.g. `update batch`; empty for the only map. */
  readonly of: string;
  readonly rowOption: string;
  readonly rows: readonly string[];
  readonly columnOption: string;
  readonly columns: readonly string[];
  /** cells[row][column]: best test error, a fraction; null while no run of it has ended. */
  readonly cells: readonly (readonly (Estimate | null)[])[];
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
  const parsed = gridSchema.safeParse(experiment.grid);
  if (!parsed.success) return [];
  const options = Object.entries(parsed.data.options);
  const [columnOption, columns] = options.pop() ?? ['', []];
  const [rowOption, rows] = options.pop() ?? ['', ['']];
  const others = combinations(options);
  const { labels } = parsed.data;
  if (labels.length === 0 || labels.length !== others.length * rows.length * columns.length) return [];
  const bestOf = (label: string): Estimate | null =>
    errors.find(({ selector }) => selector === label)?.best ?? null;
  return others.map((of, map) => ({
    of,
    rowOption,
    rows: rows.map(String),
    columnOption,
    columns: columns.map(String),
    cells: rows.map((_, row) =>
      columns.map((_, column) => bestOf(labels[(map * rows.length + row) * columns.length + column] ?? '')),
    ),
  }));
}
