import { describe, expect, it } from 'vitest';
import { differences } from './difference.js';
import { gridCells } from './grid.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { parseExperiment, resolveExperiment } from './resolve.js';

const GRID = { selector: 'recency-bias', options: { selectionPressure: [1, 100], window: [5, 10, 15] } };
const MINIMAL = { dataset: 'mnist', epochs: 20, warmupEpochs: 15, grid: GRID };
const SIZE = { trainSize: 1000, testSize: 200, classes: 10 };
const LABELS = [1, 100].flatMap((p) => [5, 10, 15].map((w) => `recency-bias-p${p}-w${w}`));

describe('a grid', () => {
  it('becomes a selector for every combination, the option named last varying fastest, and random batches', () => {
    const { selectors, grid } = resolveExperiment(parseExperiment(MINIMAL), SIZE);
    expect(grid).toEqual({ ...GRID, labels: LABELS });
    expect(Object.keys(selectors)).toEqual(['random', ...LABELS]);
    expect(selectors.random!.name).toBe('uniform');
    expect(selectors['recency-bias-p100-w15']).toMatchObject({
      name: 'recency-bias',
      options: { selectionPressure: 100, window: 15, warmupEpochs: 15 },
    });
  });

  it('leaves selectors of the experiment, among them a baseline by another label', () => {
    const selectors = { baseline: 'uniform', 'online-batch': 'online-batch' };
    const parsed = parseExperiment({ ...MINIMAL, selectors });
    expect(Object.keys(parsed.selectors)).toEqual(['baseline', 'online-batch', ...LABELS]);
  });

  it('is accepted again as resolved, unchanged', () => {
    const once: unknown = JSON.parse(JSON.stringify(resolveExperiment(parseExperiment(MINIMAL), SIZE)));
    expect(differences(resolveExperiment(parseExperiment(once), SIZE), once)).toEqual([]);
  });

  it('names an option in full where two have the same initial', () => {
    const options = { window: [5], warmupEpochs: [1], selectionPressure: [0.5] };
    const [cell] = gridCells({ selector: 's', options: { ...options, wideWindow: [2] } });
    expect(cell!.label).toBe('s-window5-e1-p0.5-wideWindow2');
  });

  it.each([
    [{ selector: 'recency' }, 'grid.selector: "recency" is not known; known are uniform, '],
    [{ options: { windw: [5] } }, 'grid.options.windw: "windw" is not known; did you mean window?'],
    [{ options: {} }, 'grid.options: is empty; expected values for at least one of window, '],
    [{ options: { window: [] } }, 'grid.options.window: is []; expected at least 1 items'],
    [{ options: { window: [5, 5] } }, 'grid.options.window: is [5,5]; expected distinct values'],
    [{ options: { window: 5 } }, 'grid.options.window: is 5; expected a list'],
    [
      { options: { update: ['a b'] } },
      'grid: the label "recency-bias-ua b" must consist of letters, digits, ',
    ],
  ])('with %j is explained in a line', (changes, line) => {
    const selectors = { random: 'uniform' };
    const parse = (): unknown => parseExperiment({ ...MINIMAL, selectors, grid: { ...GRID, ...changes } });
    expect(parse).toThrow(ExperimentError);
    expect(parse).toThrow(line);
  });

  it('refuses a selector that has the label of a cell', () => {
    const selectors = { 'recency-bias-p1-w5': 'uniform' };
    expect(() => parseExperiment({ ...MINIMAL, selectors })).toThrow(
      /^selectors\.recency-bias-p1-w5: is a cell of the grid; choose another label$/,
    );
  });
});
