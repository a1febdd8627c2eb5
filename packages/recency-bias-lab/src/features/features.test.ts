import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeFeatures, StoppedError } from './compute-features.js';
import { FeatureBatches, MirroredFeatureBatches } from './feature-batches.js';
import { FeatureCache } from './feature-cache.js';

let dir: string;
let front: tf.LayersModel;
beforeAll(async () => {
  await tf.setBackend('cpu');
  dir = await mkdtemp(join(tmpdir(), 'features-'));
  const input = tf.input({ shape: [3] });
  const dense = tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }) });
  front = tf.model({ inputs: input, outputs: dense.apply(input) as tf.SymbolicTensor });
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Images that say how often each of them was read. */
function images(count: number): {
  hashes: string[];
  read: (indices: Int32Array) => Promise<tf.Tensor>;
  reads: number[];
} {
  const reads = new Array<number>(count).fill(0);
  return {
    hashes: Array.from(reads.keys(), (i) => `image${i}`),
    reads,
    read: (indices) => {
      for (const index of indices) reads[index]!++;
      return Promise.resolve(
        tf.tensor2d(
          Array.from(indices, (i) => [i, 1, -i]),
          [indices.length, 3],
        ),
      );
    },
  };
}

describe('computeFeatures', () => {
  it('runs the front over each image once, and not again when its features are in the cache', async () => {
    const cache = new FeatureCache(join(dir, 'once'), 2);
    const first = images(150);
    const computed = await computeFeatures(front, 2, first, { cache });
    expect(first.reads.every((count) => count === 1)).toBe(true);
    const all = await first.read(Int32Array.from({ length: 150 }, (_, i) => i));
    const whole = await (front.predict(all) as tf.Tensor).data();
    expect(Array.from(computed)).toEqual(Array.from(whole));
    const again = images(150);
    expect(await computeFeatures(front, 2, again, { cache })).toEqual(computed);
    expect(again.reads.every((count) => count === 0)).toBe(true);
  });

  it('computes those of new images alone, wherever the known ones are', async () => {
    const cache = new FeatureCache(join(dir, 'more'), 2);
    await computeFeatures(front, 2, images(70), { cache });
    const more = images(90);
    const computed = await computeFeatures(front, 2, more, { cache });
    expect(more.reads.findIndex((count) => count > 0)).toBe(70);
    expect(computed).toEqual(await computeFeatures(front, 2, images(90)));
  });

  it('computes anew what a damaged file held', async () => {
    const folder = join(dir, 'damaged');
    const cache = new FeatureCache(folder, 2);
    const computed = await computeFeatures(front, 2, images(5), { cache });
    const [name] = await readdir(folder);
    await writeFile(join(folder, name!), 'no features');
    const again = images(5);
    expect(await computeFeatures(front, 2, again, { cache })).toEqual(computed);
    expect(again.reads).toEqual([1, 1, 1, 1, 1]);
  });

  it('stops when it is told to, and keeps what it has', async () => {
    const cache = new FeatureCache(join(dir, 'stopped'), 2);
    const stop = new AbortController();
    const onFeatures = (done: number): void => {
      if (done > 512) stop.abort();
    };
    const options = { cache, stop: stop.signal, onFeatures };
    await expect(computeFeatures(front, 2, images(700), options)).rejects.toThrow(StoppedError);
    const again = images(700);
    await computeFeatures(front, 2, again, { cache });
    expect(again.reads.filter((count) => count > 0)).toHaveLength(188);
  });
});

describe('features as training data', () => {
  const rows = Float32Array.of(1, 2, 3, 4);
  const mirrored = Float32Array.of(-1, -2, -3, -4);
  const labels = Int32Array.of(0, 1);

  it('are served by index with their labels', async () => {
    const batches = new FeatureBatches({ rows }, [2], labels, 2);
    const { xs, ys } = batches.batch(Int32Array.of(1, 0));
    expect(await (xs as tf.Tensor).array()).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect(await (ys as tf.Tensor).array()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('are mirrored for half of the images of training batches, never to evaluate, and go on from a saved state', async () => {
    const make = (): MirroredFeatureBatches =>
      new MirroredFeatureBatches({ rows, mirrored }, [2], labels, 2, new Random(3));
    const drawn = async (batches: MirroredFeatureBatches, count: number): Promise<number[]> => {
      const { xs } = batches.batch(new Int32Array(count));
      return Array.from(await (xs as tf.Tensor).data()).filter((_, i) => i % 2 === 0);
    };
    const batches = make();
    const first = await drawn(batches, 1000);
    const share = first.filter((value) => value === -1).length / 1000;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);
    const state = batches.stateDict();
    const next = await drawn(batches, 50);
    const other = make();
    other.loadStateDict(state);
    expect(await drawn(other, 50)).toEqual(next);
    expect(await (await batches.read(Int32Array.of(0))).array()).toEqual([[1, 2]]);
  });
});
