import { expect, it } from 'vitest';
import { firstClasses } from './first-classes.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

const split = (size: number): ImageSplit => ({
  size,
  images: Uint8Array.from({ length: size }, (_, i) => i),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
});
const dataset: ImageDataset = {
  name: 'pixels',
  imageShape: [1, 1, 1],
  classes: 3,
  classNames: ['a', 'b', 'c'],
  train: split(9),
  test: split(4),
};

it('firstClasses keeps the images, labels and names of the first classes, in training and test data', () => {
  const { classes, classNames, train, test } = firstClasses(dataset, 2);
  expect({ classes, classNames }).toEqual({ classes: 2, classNames: ['a', 'b'] });
  expect([...train.images]).toEqual([0, 1, 3, 4, 6, 7]);
  expect([...train.labels]).toEqual([0, 1, 0, 1, 0, 1]);
  expect([...test.images]).toEqual([0, 1, 3]);
});

it('firstClasses refuses more classes than there are', () => {
  expect(() => firstClasses(dataset, 4)).toThrow(
    'dataset.classes: 4 is more than the 3 classes that pixels has',
  );
});
