import { describe, expect, it } from 'vitest';
import { comparison, run } from '../../../test/support/records.js';
import { analyse } from '../analysis/results.js';
import type { ChartData } from '../chart-data.js';
import { chartData, paletteSlots } from '../chart-data.js';
import { coverageChart } from './coverage-chart.js';
import { bandPoints, curveChart, warmupEnd } from './curve-chart.js';
import { binName, distributionChart, usedBins } from './distribution-chart.js';
import { gridMap } from './grid-map.js';
import { heatCells, heatMap } from './heat-map.js';
import { pairedChart, pairedRows } from './paired-chart.js';
import { logTicks } from './scale.js';
import type { State } from './state.js';
import { DARK, LIGHT } from './theme.js';

const STATE: State = { axis: 'seconds', scale: 'log', afterWarmup: false, hidden: new Set() };

function data(seeds: readonly number[]): ChartData {
  const warmups = seeds.map((seed) =>
    run([0.8, 0.6], { kind: 'warmup', selector: 'warmup', warmupEpochs: 2, epochs: 4, seed }),
  );
  const runs = seeds.flatMap((seed) => [
    run([0.4, 0.2 * seed], { selector: 'uniform', warmupEpochs: 2, seed }),
    run([0.3, 0.1 * seed], { selector: 'recency-bias', warmupEpochs: 2, seed }),
  ]);
  return chartData(analyse(comparison(runs, { warmups }), new Date(0)));
}

const series = (option: { series?: unknown }) =>
  option.series as { type: string; name?: string; data: unknown[] }[];

describe('the curve chart', () => {
  it('has a named line a selector, thin lines for seeds and a band of one standard error', () => {
    const drawn = series(curveChart(data([1, 2]), 'testError', STATE, LIGHT));
    const named = drawn.filter(({ name }) => name !== undefined);
    expect(named.map(({ name }) => name)).toEqual(['uniform', 'recency-bias']);
    expect(drawn.filter(({ type }) => type === 'custom')).toHaveLength(2);
    // Percent against seconds; the last point is the mean of 20 % and 40 %.
    expect(named[0]!.data.at(-1)).toEqual([40, 30]);
  });

  it('draws the band between mean - error and mean + error', () => {
    const band = bandPoints(data([1, 2]).curves[0]!, 'testError', 'epoch');
    // Epoch 4: 20 % and 40 %, mean 30 %, standard error 10 %.
    expect(band).toHaveLength(8);
    expect(band[3]![0]).toBe(4);
    expect(band[3]![1]).toBeCloseTo(40, 9);
    expect(band[4]![1]).toBeCloseTo(20, 9);
    expect(bandPoints(data([1]).curves[0]!, 'testError', 'epoch')).toEqual([]);
  });

  it('leaves out hidden selectors and, on request, the warm-up', () => {
    const option = curveChart(
      data([1, 2]),
      'probeLoss',
      { ...STATE, afterWarmup: true, hidden: new Set(['uniform']) },
      DARK,
    );
    expect(series(option).flatMap(({ name }) => name ?? [])).toEqual(['recency-bias']);
    expect(option.xAxis).toMatchObject({ min: 20 });
    expect(warmupEnd(data([1]), 'epoch')).toBe(2);
  });

  it('falls back to a linear axis when an error is zero', () => {
    const zero = chartData(analyse(comparison([run([0.1, 0], { selector: 'a' })]), new Date(0)));
    expect(curveChart(zero, 'testError', STATE, LIGHT).yAxis).toMatchObject({ type: 'value' });
    expect(curveChart(data([1]), 'testError', STATE, LIGHT).yAxis).toMatchObject({ type: 'log' });
  });

  it('survives all selectors hidden', () => {
    const hidden = new Set(['uniform', 'recency-bias']);
    expect(() => curveChart(data([1]), 'testError', { ...STATE, hidden }, LIGHT)).not.toThrow();
  });
});

describe('logarithmic ticks', () => {
  it.each([
    [1.1, 7, [1.5, 2, 3, 5, 7]],
    [0.001, 10, [0.001, 0.01, 0.1, 1, 10]],
    [21.5, 24.4, [22, 23, 24]],
  ])('between %d and %d are round', (low, high, ticks) => {
    expect(logTicks(low, high)).toEqual(ticks);
  });

  it('are between 2 and 8 for any range of at least a fifth', () => {
    for (let low = 0.001; low < 1000; low *= 1.7) {
      for (const ratio of [1.2, 2, 7, 80, 1e4, 1e7]) {
        const ticks = logTicks(low, low * ratio);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }
    }
  });
});

describe('the other charts', () => {
  it('show loss distributions over the bins in use, on the same axis at both moments', () => {
    const made = data([1]);
    expect(usedBins(made)).toEqual([40, 40]);
    expect(series(distributionChart(made, 0, STATE, LIGHT))[0]!.data).toEqual([100]);
    expect(binName([1, 10], 0)).toBe('up to 1');
    expect(binName([1, 10], 1)).toBe('1 to 10');
    expect(binName([1, 10], 2)).toBe('above 10');
  });

  it('show uncertainty as cells of logarithmic shares and leave empty bins out', () => {
    expect(
      heatCells([
        [0.9, 0.1, 0],
        [1, 0, 1e-7],
      ]),
    ).toEqual([
      [0, 0, Math.log10(0.9)],
      [0, 1, -1],
      [1, 0, 0],
      [1, 2, -4],
    ]);
    expect(heatMap(data([1]), 'uniform', LIGHT)).not.toBeNull();
    expect(heatMap(data([1]), 'absent', LIGHT)).toBeNull();
  });

  it('show the differences of each seed, their mean and interval, of pairs that are not hidden', () => {
    const made = data([1, 2]);
    const [row, ...others] = pairedRows(made, 'best', STATE);
    expect(others).toEqual([]);
    // Best errors: Random 20 and 40 %, Recency Bias 10 and 20 %.
    expect(row!.title).toBe('Recency Bias − Random');
    expect(row!.seeds.map(({ seed, difference }) => [seed, Math.round(difference)])).toEqual([
      [1, -10],
      [2, -20],
    ]);
    expect(row!.mean).toBeCloseTo(-15, 9);
    // Deviation 10 / √2: margin 12.7062 * 10 / 2.
    expect(row!.interval![0]).toBeCloseTo(-15 - 63.531, 3);
    expect(pairedRows(data([1]), 'final', STATE)[0]!.interval).toBeNull();
    expect(pairedRows(made, 'best', { ...STATE, hidden: new Set(['uniform']) })).toEqual([]);
    const { max } = pairedChart(made, 'best', STATE, LIGHT).xAxis as { max: number };
    expect(max).toBeGreaterThan(78.5);
  });

  it('show a grid’s errors with their standard errors, the lowest in bold', () => {
    const runs = ['a', 'b'].flatMap((selector, i) =>
      [1, 2].map((seed) => run([0.9, 0.1 * (i + 1) + 0.01 * seed], { selector, seed })),
    );
    const experiment = { grid: { selector: 's', options: { window: [5, 10, 15] }, labels: ['a', 'b', 'c'] } };
    const made = chartData(analyse({ ...comparison(runs), experiment }, new Date(0)));
    const option = gridMap(made, 0, LIGHT)!;
    const cells = series(option)[0]!.data as { value: number[]; label: Record<string, string> }[];
    // 11 and 12 %; 21 and 22 %; the third has not been run.
    expect(cells.map(({ value, label }) => [value[0], label.formatter, label.fontWeight])).toEqual([
      [0, '11.50\n± 0.50', 'bold'],
      [1, '21.50\n± 0.50', 'normal'],
    ]);
    expect(gridMap(data([1]), 0, LIGHT)).toBeNull();
  });

  it('show coverage in percent', () => {
    const drawn = series(coverageChart(data([1]), 'effectiveSampleSize', STATE, LIGHT));
    expect(drawn[0]!.data.at(-1)).toEqual([4, 100]);
  });
});

describe('colours', () => {
  it('give the baseline the neutral slot, the subject the next, and the others the rest in order', () => {
    const slots = paletteSlots({
      selectors: ['a', 'b', 'c', 'd'].map((selector) => ({ selector })),
      baseline: 'c',
      subject: 'b',
    });
    expect([...slots]).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 0],
      ['d', 3],
    ]);
  });
});
