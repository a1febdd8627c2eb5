import { describe, expect, it } from 'vitest';
import { recencyBias } from '../selectors/recency-bias.js';
import { uniform } from '../selectors/uniform.js';
import { liveFeed } from './feed.js';
import type { LiveUpdate } from './update.js';

const SIZE = 40;
const run = { size: SIZE, classes: 3, epochs: 4, seed: 1 };

/** Trains on labels that a network gets right, but for every fifth sample, of which it changes its mind. */
function follow(options: Partial<Parameters<typeof liveFeed>[0]>, epochs: number): LiveUpdate[] {
  const updates: LiveUpdate[] = [];
  const feed = liveFeed({ send: (update) => updates.push(structuredClone(update)), ...options });
  const selector = recencyBias({ warmupEpochs: 2, window: 3 })(run);
  feed.hooks.onSelector(selector);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    selector.beginEpoch(epoch);
    let step = 0;
    for (let selection = selector.select(10); selection !== null; selection = selector.select(10)) {
      const { indices } = selection;
      const predictedLabel = indices.map((index) => (index % 5 === 0 ? (epoch + index) % 3 : index % 3));
      selector.observe({ indices, predictedLabel });
      feed.hooks.onStep({ epoch, step: ++step, trainedSamples: 10 * step, selection });
    }
    feed.callbacks.onEpochEnd(epoch - 1, { loss: 1 / epoch });
  }
  feed.callbacks.onTrainEnd();
  return updates;
}

describe('liveFeed', () => {
  it('tells of curves, of the most uncertain samples, and when training has ended, as data that can be posted', () => {
    const updates = follow(
      { everyMs: 0, samples: 4, labels: Array.from({ length: SIZE }, (_, i) => i % 3) },
      3,
    );
    const last = updates.at(-1)!;
    expect(last).toMatchObject({ epoch: 3, hasEnded: true });
    expect(updates.slice(0, -1).every(({ hasEnded }) => !hasEnded)).toBe(true);
    expect(last.epochs.map(({ epoch, logs }) => [epoch, logs.loss])).toEqual([
      [1, 1],
      [2, 1 / 2],
      [3, 1 / 3],
    ]);
    expect(last.uncertain).toHaveLength(4);
    for (const { index, uncertainty, window, label } of last.uncertain) {
      expect(index % 5).toBe(0);
      expect(label).toBe(index % 3);
      expect(uncertainty).toBeGreaterThan(0);
      expect(new Set(window).size).toBeGreaterThan(1);
    }
  });

  it('says what the latest batches were made of, beside all samples', () => {
    const labels = Array.from({ length: SIZE }, (_, i) => (i < 10 ? 0 : 1));
    const { composition } = follow({ everyMs: 0, labels }, 2).at(-1)!;
    expect(composition!.drawn).toBe(80);
    const [sure, ...others] = composition!.byUncertainty;
    expect(sure!.all).toBeCloseTo(0.8, 10);
    for (const part of ['drawn', 'all'] as const) {
      expect(composition!.byUncertainty.reduce((sum, share) => sum + share[part], 0)).toBeCloseTo(1, 10);
    }
    expect(others).toHaveLength(3);
    // The warm-up draws every sample once an epoch.
    expect(composition!.byLabel!.map(({ drawn, all }) => [drawn, all])).toEqual([
      [0.25, 0.25],
      [0.75, 0.75],
      [0, 0],
    ]);
  });

  it('is silent between updates for as long as was asked, but for the ends of epochs', () => {
    expect(follow({ everyMs: 600_000 }, 3)).toHaveLength(1 + 3 + 1);
  });

  it('follows selectors that keep no predicted labels by their curves', () => {
    const updates: LiveUpdate[] = [];
    const feed = liveFeed({ send: (update) => updates.push(update) });
    feed.hooks.onSelector(uniform()(run));
    feed.callbacks.onEpochEnd(0, { loss: 2 });
    expect(updates[0]).toMatchObject({ uncertain: [], epochs: [{ epoch: 1, logs: { loss: 2 } }] });
    expect(updates[0]).not.toHaveProperty('composition');
  });

  it('refuses numbers that make no sense', () => {
    const send = (): void => undefined;
    expect(() => liveFeed({ send, samples: 0 })).toThrow('samples');
    expect(() => liveFeed({ send, everyMs: -1 })).toThrow('everyMs');
  });
});
