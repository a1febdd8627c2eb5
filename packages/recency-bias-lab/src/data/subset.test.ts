import { Random } from 'recency-bias';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageDataset } from './image-dataset.js';
import { heldOut, stratifiedSubset, subsetOf } from './subset.js';

describe('stratifiedSubset', () => {
  it('chooses that many distinct samples, each class within one of its share, and at least one of each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 1, maxLength: 200 }),
        fc.nat(1000),
        fc.nat(2 ** 32 - 1),
        (list, at, seed) => {
          const labels = Int32Array.from(list);
          const size = at % (labels.length + 1);
          const chosen = stratifiedSubset(labels, size, new Random(seed));
          expect(new Set(chosen).size).toBe(size);
          expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
          const classes = new Set(list);
          const isRoomy = [...classes].every(
            (label) => (list.filter((l) => l === label).length * size) / list.length >= 1,
          );
          for (const label of classes) {
            const share = (list.filter((l) => l === label).length * size) / list.length;
            const taken = [...chosen].filter((index) => labels[index] === label).length;
            if (isRoomy) expect(Math.abs(taken - share)).toBeLessThan(1);
            else if (share >= 1) expect(taken - share).toBeLessThan(1);
            if (size >= classes.size) expect(taken).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});

describe('heldOut', () => {
  it('leaves at least one sample of every class on both sides, and each class its share where it has room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 2, maxLength: 12 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(2 ** 32 - 1),
        (counts, share, seed) => {
          const labels = Int32Array.from(counts.flatMap((count, label) => Array<number>(count).fill(label)));
          const held = heldOut(labels, share, new Random(seed));
          expect(new Set(held).size).toBe(held.length);
          const taken = counts.map((_, label) => [...held].filter((i) => labels[i] === label).length);
          taken.forEach((count, label) => {
            expect(count).toBeGreaterThanOrEqual(1);
            expect(count).toBeLessThan(counts[label]!);
          });
          const total = Math.min(
            Math.max(Math.round(labels.length * share), counts.length),
            labels.length - counts.length,
          );
          expect(held).toHaveLength(total);
        },
      ),
    );
  });

  it.each([
    [[2, 2, 2, 2, 2], 0.2, [1, 1, 1, 1, 1]],
    [[3, 3, 3, 3, 3, 3, 3, 3], 0.2, [1, 1, 1, 1, 1, 1, 1, 1]],
    [[80, 2, 2, 2, 2], 0.2, [14, 1, 1, 1, 1]],
    [[3, 3, 3, 3, 3, 3, 3, 3], 0.8, [2, 2, 2, 2, 2, 2, 2, 2]],
  ])('of classes of %j at %d holds out %j', (counts, share, expected) => {
    const labels = Int32Array.from(counts.flatMap((count, label) => Array<number>(count).fill(label)));
    const held = [...heldOut(labels, share, new Random(0))];
    expect(counts.map((_, label) => held.filter((i) => labels[i] === label).length)).toEqual(expected);
  });
});

describe('subsetOf', () => {
  const split = (size: number) => ({
    size,
    images: Uint8Array.from({ length: size * 4 }, (_, i) => Math.floor(i / 4)),
    labels: Int32Array.from({ length: size }, (_, i) => i % 2),
  });
  const dataset: ImageDataset = {
    name: 'numbers',
    imageShape: [2, 2, 1],
    classes: 2,
    classNames: ['even', 'odd'],
    train: split(40),
    test: split(20),
  };

  it('takes images and labels of the same samples', () => {
    const { train, test } = subsetOf(dataset, { trainSize: 10, seed: 3 });
    expect(train.size).toBe(10);
    for (let i = 0; i < 10; i++) {
      const original = train.images[4 * i]!;
      expect([...train.images.subarray(4 * i, 4 * i + 4)]).toEqual([original, original, original, original]);
      expect(train.labels[i]).toBe(original % 2);
    }
    expect(test).toBe(dataset.test);
  });

  it('gives the same training samples for the same seed, whatever the test size, and others for another seed', () => {
    const images = (seed: number, testSize: number): number[] => [
      ...subsetOf(dataset, { trainSize: 10, testSize, seed }).train.images,
    ];
    expect(images(3, 5)).toEqual(images(3, 8));
    expect(images(3, 5)).not.toEqual(images(4, 5));
  });

  it('names the size that the data set does not have', () => {
    expect(() => subsetOf(dataset, { trainSize: 41, seed: 0 })).toThrow(
      'dataset.trainSize: 41 is more than the 40 samples that numbers has',
    );
  });

  it('takes a long tail where it is asked for, and leaves the test data balanced', () => {
    const { train, test } = subsetOf(dataset, { trainSize: 11, testSize: 10, imbalance: 10, seed: 1 });
    const count = (labels: Int32Array): number[] => [0, 1].map((c) => labels.filter((l) => l === c).length);
    expect(count(train.labels)).toEqual([10, 1]);
    expect(count(test.labels)).toEqual([5, 5]);
  });
});
