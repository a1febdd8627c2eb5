import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ImageBatches, splitMoments } from './image-batches.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';
import { OnDemandImages } from './on-demand-images.js';
import { subsetOf } from './subset.js';

const TARGET = { height: 2, width: 3, channels: 3 } as const;
const LENGTH = 18;
const PATHS = Array.from({ length: 20 }, (_, i) => String(i));

let files: Buffer[];
beforeAll(async () => {
  files = await Promise.all(
    PATHS.map((path) => {
      const background = { r: 10 * Number(path), g: 100, b: 200 };
      return sharp({ create: { width: 3, height: 2, channels: 3, background } })
        .png()
        .toBuffer();
    }),
  );
});

/** Images whose red value is ten times their index, and the list of files that were read. */
function images(capacity: number): { source: OnDemandImages; reads: string[] } {
  const reads: string[] = [];
  const read = async (path: string): Promise<Uint8Array> => {
    reads.push(path);
    await pause(1);
    return files[Number(path)] ?? new Uint8Array(0);
  };
  return { source: new OnDemandImages([...PATHS, 'broken'], read, TARGET, capacity * LENGTH), reads };
}

describe('OnDemandImages', () => {
  it('gathers by index, decodes a file once however often a batch names it, and keeps no more than its limit', async () => {
    const { source, reads } = images(5);
    const bytes = await source.gather(Int32Array.of(7, 2, 7));
    expect([0, 1, 2].map((row) => bytes[row * LENGTH])).toEqual([70, 20, 70]);
    expect(reads).toEqual(['7', '2']);
    await source.gather(Int32Array.from({ length: 20 }, (_, i) => i));
    expect(source.kept).toBe(5);
  });

  it('forgets what was not used for longest', async () => {
    const { source, reads } = images(2);
    for (const index of [0, 1, 0, 2, 0, 1]) await source.gather(Int32Array.of(index));
    expect(reads).toEqual(['0', '1', '2', '1']);
  });

  it('names the file that cannot be decoded', async () => {
    await expect(images(5).source.gather(Int32Array.of(20))).rejects.toThrow('broken: is empty');
  });

  it('serves batches, moments and subsets like images in memory', async () => {
    const { source } = images(4);
    const labels = Int32Array.from(PATHS, (_, i) => i % 2);
    const bytes = await source.gather(Int32Array.from(labels.keys()));
    const part = (split: Omit<ImageSplit, 'size' | 'labels'>): ImageSplit => ({ size: 20, labels, ...split });
    const dataset = (split: ImageSplit): ImageDataset => ({
      name: 'x',
      imageShape: [2, 3, 3],
      classes: 2,
      classNames: ['even', 'odd'],
      train: split,
      test: split,
    });
    const inMemory = dataset(part({ images: bytes }));
    const onDemand = dataset(part({ images: new Uint8Array(0), source }));
    const moments = await splitMoments(inMemory.train, 3);
    expect(await splitMoments(onDemand.train, 3)).toEqual(moments);

    const seen: number[][] = [];
    for (const whole of [inMemory, onDemand]) {
      const { train } = subsetOf(whole, { trainSize: 6, seed: 5 });
      const raw = {
        prepare: (from: Uint8Array, at: Int32Array, out: Float32Array) => {
          at.forEach((index, row) => {
            out.set(from.subarray(index * LENGTH, (index + 1) * LENGTH), row * LENGTH);
          });
        },
      };
      const batch = await new ImageBatches(train, whole, raw).batch(Int32Array.of(5, 0, 3));
      seen.push([...batch.xs.dataSync(), ...batch.ys.dataSync()]);
      tf.dispose([batch.xs, batch.ys]);
    }
    expect(seen[0]).toEqual(seen[1]);
  });
});
