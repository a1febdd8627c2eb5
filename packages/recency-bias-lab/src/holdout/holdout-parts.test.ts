import { describe, expect, it } from 'vitest';
import type { ImageDataset } from '../data/image-dataset.js';
import { subsetOf } from '../data/subset.js';
import { halves, rest } from './holdout-parts.js';

/** `size` images of one pixel that says which sample it is, in two classes of which the second has a third. */
function numbered(size: number): ImageDataset {
  const split = {
    size,
    images: Uint8Array.from({ length: size }, (_, i) => i),
    labels: Int32Array.from({ length: size }, (_, i) => Number(i % 3 === 0)),
  };
  return {
    name: 'numbered',
    imageShape: [1, 1, 1],
    classes: 2,
    classNames: ['a', 'b'],
    train: split,
    test: split,
  };
}

const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
const ones = (labels: Int32Array): number => labels.filter((label) => label === 1).length;

describe('halves', () => {
  it('ask each sample of the model that was not trained on it, and of no other', () => {
    const dataset = numbered(61);
    const parts = halves(dataset, 1);
    expect(parts).toHaveLength(2);
    for (const { dataset: part, asked } of parts) {
      expect([...part.test.images]).toEqual([...asked]); // sample i is image i
      expect(sorted([...part.train.images, ...asked])).toEqual([...dataset.train.images]);
    }
    expect(sorted(parts.flatMap(({ asked }) => [...asked]))).toEqual([...dataset.train.images]);
  });

  it('have the classes in equal proportion, and differ by seed', () => {
    const dataset = numbered(60);
    const [first, second] = halves(dataset, 1);
    expect([ones(first!.dataset.train.labels), ones(second!.dataset.train.labels)]).toEqual([10, 10]);
    expect([...halves(dataset, 2)[0]!.asked]).not.toEqual([...first!.asked]);
    expect([...halves(dataset, 1)[0]!.asked]).toEqual([...first!.asked]);
  });
});

describe('the rest', () => {
  const whole = numbered(90);
  const subset = { trainSize: 30, subsetSeed: 4 };
  const dataset = subsetOf(whole, { trainSize: 30, testSize: 90, seed: 4 });

  it('trains on samples that the subset leaves out, as many as it has, and asks about all of the subset', () => {
    const [part, ...more] = rest(whole, dataset, subset, 1);
    expect(more).toEqual([]);
    expect([...part!.asked]).toEqual([...Array(30).keys()]);
    expect(part!.dataset.test).toBe(dataset.train);
    const trained = part!.dataset.train.images;
    expect(trained).toHaveLength(30);
    expect(new Set([...trained, ...dataset.train.images]).size).toBe(60);
    expect(ones(part!.dataset.train.labels)).toBe(10);
  });

  it('has as large a share of wrong labels where the experiment makes labels wrong', () => {
    const labelNoise = { share: 0.5, seed: 1 };
    const [clean] = rest(whole, dataset, subset, 1);
    const [noisy] = rest(whole, dataset, { ...subset, labelNoise }, 1);
    const { images, labels } = noisy!.dataset.train;
    expect(images).toEqual(clean!.dataset.train.images);
    expect(labels.filter((label, i) => label !== clean!.dataset.train.labels[i])).toHaveLength(15);
  });

  it('trains on a given number of them, at most all', () => {
    expect(rest(whole, dataset, subset, 1, 60)[0]!.dataset.train.size).toBe(60);
    expect(() => rest(whole, dataset, subset, 1, 61)).toThrow(
      '--holdout-size: is 61; expected at most the 60 samples left out',
    );
    expect(() => rest(whole, whole, { trainSize: 90, subsetSeed: 4 }, 1)).toThrow('use --holdout halves');
  });
});
