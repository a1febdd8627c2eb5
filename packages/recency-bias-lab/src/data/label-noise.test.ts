import { describe, expect, it } from 'vitest';
import { confusableClasses } from './confusable-classes.js';
import type { ImageDataset } from './image-dataset.js';
import { flippedSamples, withLabelNoise } from './label-noise.js';

const SIZE = 3000;
const CLASSES = 4;
const split = (size: number) => ({
  size,
  images: new Uint8Array(size),
  labels: Int32Array.from({ length: size }, (_, i) => i % CLASSES),
});
const dataset: ImageDataset = {
  name: 'pixels',
  imageShape: [1, 1, 1],
  classes: CLASSES,
  classNames: ['a', 'b', 'c', 'd'],
  train: split(SIZE),
  test: split(100),
};

describe('withLabelNoise', () => {
  it('changes exactly the labels of the share that is asked for, and says which', () => {
    for (const share of [0.05, 0.3333]) {
      const noise = { share, seed: 3 };
      const { labels } = withLabelNoise(dataset, noise).train;
      const changed = [...labels.keys()].filter((i) => labels[i] !== dataset.train.labels[i]);
      expect(changed).toHaveLength(Math.round(SIZE * share));
      expect(changed).toEqual([...flippedSamples(SIZE, noise)]);
    }
  });

  it('chooses among the other classes alike', () => {
    const { labels } = withLabelNoise(dataset, { share: 0.9, seed: 1 }).train;
    const counts = new Map<string, number>();
    for (const [i, label] of labels.entries()) {
      const before = dataset.train.labels[i]!;
      if (label !== before) counts.set(`${before} ${label}`, (counts.get(`${before} ${label}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(CLASSES * (CLASSES - 1));
    // 225 expected of each; five standard deviations
    for (const count of counts.values()) expect(Math.abs(count - 225)).toBeLessThan(75);
  });

  it('does the same for the same seed and something else for another one', () => {
    const flip = (seed: number) => [...withLabelNoise(dataset, { share: 0.1, seed }).train.labels];
    expect(flip(5)).toEqual(flip(5));
    expect(flip(6)).not.toEqual(flip(5));
    expect([...flippedSamples(SIZE, { share: 0.1, seed: 6 })]).not.toEqual([
      ...flippedSamples(SIZE, { share: 0.1, seed: 5 }),
    ]);
  });

  it('leaves the test data and the given data set as they are', () => {
    const before = [...dataset.train.labels];
    const noisy = withLabelNoise(dataset, { share: 0.5, seed: 1 });
    expect(noisy.test).toBe(dataset.test);
    expect([...dataset.train.labels]).toEqual(before);
  });

  it('gives a wrong label the class that a list says, and flips the same samples as any noise of that share and seed', () => {
    const noise = { share: 0.3, seed: 2, to: [2, 0, 3, 1] };
    const { labels } = withLabelNoise(dataset, noise).train;
    const flipped = new Set(flippedSamples(SIZE, noise));
    for (const [i, label] of labels.entries()) {
      const own = dataset.train.labels[i]!;
      expect(label).toBe(flipped.has(i) ? noise.to[own] : own);
    }
  });

  it('knows the confusable classes of MNIST, Fashion-MNIST and CIFAR-10: another class for each', () => {
    for (const name of ['mnist', 'fashion-mnist', 'cifar10']) {
      const classes = confusableClasses({ name, classes: 10 });
      expect(classes).toHaveLength(10);
      expect(classes.every((other, own) => other !== own && other >= 0 && other < 10)).toBe(true);
    }
  });

  it('says what is missing where they are not known, and where a list does not fit', () => {
    const flip = (to: 'confusable' | number[]) => () => withLabelNoise(dataset, { share: 0.1, seed: 1, to });
    expect(flip('confusable')).toThrow(
      /dataset.labelNoise.to: is confusable, which is known of .* give a list/,
    );
    for (const list of [
      [1, 0],
      [0, 2, 3, 1],
      [1, 2, 3, 4],
    ]) {
      expect(flip(list)).toThrow(/dataset.labelNoise.to: is \[.*expected another class, from 0 to 3/);
    }
  });
});
