/** The tests of the registered hypotheses that the tables of a comparison do not have: neighbours in an order, by Holm. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readComparison } from '../packages/recency-bias-lab/src/records/read.js';
import { bySeed, pairedBySeed } from '../packages/recency-bias-lab/src/report/analysis/pairs.js';
import { analyse } from '../packages/recency-bias-lab/src/report/analysis/results.js';
import {
  pairedDifference,
  studentCoverage,
  studentQuantile95,
} from '../packages/recency-bias-lab/src/report/analysis/statistics.js';
import { signed } from '../packages/recency-bias-lab/src/report/format.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const RECORD = `${root}records/registered-mnist-order`;
/** From the lowest error that is expected to the highest. */
const ORDER = ['active-bias', 'online-batch', 'recency-bias', 'random'];

/** P values as Holm's correction raises them (Holm 1979): the k-th smallest of n by n - k + 1, never below one before. */
function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const raised: number[] = [];
  let highest = 0;
  order.forEach((i, place) => {
    highest = Math.max(highest, Math.min(1, values[i]! * (values.length - place)));
    raised[i] = highest;
  });
  return raised;
}

it('Holm’s correction raises the smallest of three by three, and keeps their order', () => {
  expect(holm([0.03, 0.01, 0.04])).toEqual([0.06, 0.03, 0.06]);
  expect(holm([0.5, 0.6])).toEqual([1, 1]);
});

it('docs/reproduction.md has the differences of neighbours in the registered order, corrected by Holm', async () => {
  expect(existsSync(RECORD)).toBe(true);
  const { header, results } = analyse(await readComparison(RECORD), new Date(0));
  const rows = ORDER.slice(1).map((upper, i) => {
    const seedsOf = (label: string) => results.selectors.find(({ selector }) => selector === label)!.seeds;
    const pairs = pairedBySeed(seedsOf(ORDER[i]!), bySeed(seedsOf(upper)));
    const values = ([0, 1] as const).map((side) => pairs.map((pair) => 100 * pair[side].best));
    const { mean, low, high } = pairedDifference(values[0]!, values[1]!, 100 / header!.dataset.testSize);
    const degrees = pairs.length - 1;
    const t = (Math.abs(mean!) * studentQuantile95(degrees)) / ((high! - low!) / 2);
    const titles = [ORDER[i]!, upper].map(
      (label) => results.selectors.find(({ selector }) => selector === label)!.title,
    );
    return { titles, mean: mean!, low: low!, high: high!, p: 1 - studentCoverage(t, degrees) };
  });
  const raised = holm(rows.map(({ p }) => p));
  const document = readFileSync(`${root}docs/reproduction.md`, 'utf8').replaceAll(/ *\| */g, '|');
  rows.forEach(({ titles, mean, low, high, p }, i) => {
    const cells = [
      titles.join(' − '),
      signed(mean, 2),
      `${signed(low, 2)} to ${signed(high, 2)}`,
      p.toFixed(2),
      raised[i]!.toFixed(2),
    ];
    expect(document).toContain(`|${cells.join('|')}|`);
  });
});
