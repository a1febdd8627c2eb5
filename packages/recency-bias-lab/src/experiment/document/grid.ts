/** A grid search: one selector with every combination of some values of its options. */
import { selectorRegistry } from 'recency-bias';
import { BASELINE_SELECTORS, roleOf } from '../../ground/methods.js';
import { shortJson } from '../../ground/experiment-error.js';
import { labelOfModule } from '../../plugins/plugin-path.js';
import { selectorNamed } from './named-selectors.js';
import { labelSchema } from './schema.js';
import type { Experiment, Grid } from './schema.js';
import { unknownName } from '../../ground/suggest.js';

/** A cell of a grid: the label of its runs and its values of the options that the grid varies. */
export interface GridCell {
  readonly label: string;
  readonly options: Readonly<Record<string, number | string | boolean>>;
}

/** `selectionPressure` -> `p`, `window` -> `w`: the initial of the last word, or the whole name where two share it. */
function abbreviations(names: readonly string[]): Map<string, string> {
  const initials = names.map((name) => (/[A-Z](?=[^A-Z]*$)/.exec(name)?.[0] ?? name.charAt(0)).toLowerCase());
  const isOwn = (initial: string): boolean => initials.indexOf(initial) === initials.lastIndexOf(initial);
  return new Map(names.map((name, i) => [name, isOwn(initials[i]!) ? initials[i]! : name]));
}

/** The cells of a grid, row by row: the option named last varies fastest. */
export function gridCells({ selector, options }: Pick<Grid, 'selector' | 'options'>): GridCell[] {
  const short = abbreviations(Object.keys(options));
  let cells: GridCell[] = [{ label: labelOfModule(selector), options: {} }];
  for (const [name, values] of Object.entries(options)) {
    cells = cells.flatMap((cell) =>
      values.map((value) => ({
        label: `${cell.label}-${short.get(name)!}${value}`,
        options: { ...cell.options, [name]: value },
      })),
    );
  }
  return cells;
}

/** The mistakes in the grid of an experiment, one line each. */
export function* checkGrid({ grid, selectors }: Experiment): Generator<string> {
  if (grid === undefined) return;
  const definition = selectorNamed(grid.selector);
  if (definition === undefined) {
    yield `grid.selector: ${unknownName(grid.selector, Object.keys(selectorRegistry))}`;
    return;
  }
  const defaults = Object.keys(definition.defaults);
  if (Object.keys(grid.options).length === 0) {
    yield `grid.options: is empty; expected values for at least one of ${defaults.join(', ')}`;
  }
  for (const [name, values] of Object.entries(grid.options)) {
    if (!defaults.includes(name)) yield `grid.options.${name}: ${unknownName(name, defaults)}`;
    if (new Set(values).size < values.length) {
      yield `grid.options.${name}: is ${shortJson(values)}; expected distinct values`;
    }
  }
  for (const { label, options } of gridCells(grid)) {
    const { success, error } = labelSchema.safeParse(label);
    if (!success) yield `grid: the label ${shortJson(label)} ${error.issues[0]!.message}`;
    // In experiment.json the cells are among the selectors already, with the other options filled in.
    const taken = selectors[label];
    if (taken === undefined) continue;
    const isCell =
      taken.name === grid.selector &&
      Object.entries(options).every(([name, value]) => taken.options[name] === value);
    if (!isCell) yield `selectors.${label}: is a cell of the grid; choose another label`;
  }
}

/** Adds a selector for each cell of the grid; and random batches, the baseline, where the experiment has none. */
export function expandGrid(experiment: Experiment): Experiment {
  const { grid, selectors: given } = experiment;
  if (grid === undefined) return experiment;
  const hasBaseline = Object.values(given).some(({ name }) => roleOf(name) === 'baseline');
  const selectors: Experiment['selectors'] = { ...(!hasBaseline && BASELINE_SELECTORS), ...given };
  const cells = gridCells(grid);
  for (const { label, options } of cells)
    selectors[label] ??= { name: grid.selector, options: { ...options } };
  return { ...experiment, grid: { ...grid, labels: cells.map(({ label }) => label) }, selectors };
}
