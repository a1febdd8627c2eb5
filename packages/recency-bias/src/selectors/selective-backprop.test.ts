import { describe, expect, it } from 'vitest';
import { RecentLosses } from '../core/memory/recent-losses.js';
import { Random } from '../core/random.js';
import type { Observation } from '../core/selector.js';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';
import { selectiveBackprop } from './selective-backprop.js';

describe('the window of losses', () => {
  it('gives each loss its mean rank among the latest ones, as a naive count does', () => {
    const random = new Random(8);
    const recent = new RecentLosses(20);
    const all: number[] = [];
    expect(recent.cdf(1)).toBe(1);
    for (let n = 0; n < 200; n++) {
      const loss = random.int(12) / 4 - 1;
      recent.add(loss);
      all.push(loss);
      const latest = all.slice(-20);
      for (const value of [loss, -5, 0.1, 9]) {
        const below = latest.filter((other) => other < value).length;
        const upTo = latest.filter((other) => other <= value).length;
        const rank = (below + upTo + (upTo > below ? 1 : 0)) / 2;
        expect(recent.cdf(value)).toBeCloseTo(rank / latest.length, 12);
      }
    }
  });
});

describe('Selective-Backprop', () => {
  const run = { size: 300, classes: 2, epochs: 200, seed: 5 };
  const scorer = (scored: number[] = []) => {
    return (indices: Int32Array): Promise<Observation<'loss'>> => {
      scored.push(...indices);
      return Promise.resolve({ indices, loss: Float32Array.from(indices) });
    };
  };

  it('keeps a sample with probability CDF(loss)^β', async () => {
    // A batch of all candidates: sample i has rank i + 1 of 300.
    const selector = selectiveBackprop({ warmupEpochs: 0, beta: 2 })(run);
    const kept = new Float64Array(run.size);
    for (let epoch = 1; epoch <= 150; epoch++) {
      selector.beginEpoch(epoch);
      const batch = await selector.select(run.size, scorer());
      for (const index of batch!.indices) kept[index]!++;
      expect(await selector.select(run.size, scorer())).toBeNull();
    }
    const probabilities = Array.from(kept, (_, i) => ((i + 1) / run.size) ** 2);
    const total = probabilities.reduce((a, b) => a + b);
    expect(kept.reduce((a, b) => a + b) / 150).toBeCloseTo(total, -1);
    expect(
      chiSquarePasses(
        kept,
        probabilities.map((p) => p / total),
      ),
    ).toBe(true);
  });

  it('scores each candidate once an epoch and trains full batches of what it keeps', async () => {
    const selector = selectiveBackprop({ warmupEpochs: 1 })(run);
    const scored: number[] = [];
    for (const epoch of [1, 2]) {
      selector.beginEpoch(epoch);
      const sizes: number[] = [];
      for (
        let batch = await selector.select(16, scorer(scored));
        batch;
        batch = await selector.select(16, scorer(scored))
      ) {
        sizes.push(batch.indices.length);
      }
      expect(sizes.slice(0, -1).every((size) => size === 16)).toBe(true);
      expect(scored.length).toBe(epoch === 1 ? 0 : run.size);
    }
    expect(new Set(scored).size).toBe(run.size);
  });

  it('reuses losses for the epochs between scoring ones', async () => {
    const selector = selectiveBackprop({ warmupEpochs: 0, staleness: 3 })(run);
    const scored: number[] = [];
    const counts: number[] = [];
    for (let epoch = 1; epoch <= 7; epoch++) {
      selector.beginEpoch(epoch);
      const before = scored.length;
      while ((await selector.select(32, scorer(scored))) !== null);
      counts.push(scored.length - before);
    }
    expect(counts).toEqual([300, 0, 0, 300, 0, 0, 300]);
  });
});
