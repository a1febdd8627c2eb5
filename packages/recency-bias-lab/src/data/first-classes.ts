/** Data sets of fewer classes. */
import { takeSamples } from './image-dataset.js';
import type { ImageDataset, ImageSplit } from './image-dataset.js';

/**
 * The data set with the first `classes` of its classes alone, in their order, so that labels stay what they are.
 * @param classes at least 2
 * @throws RangeError when the data set has fewer.
 */
export function firstClasses(dataset: ImageDataset, classes: number): ImageDataset {
  if (classes > dataset.classes) {
    throw new RangeError(
      `dataset.classes: ${classes} is more than the ${dataset.classes} classes that ${dataset.name} has`,
    );
  }
  if (classes === dataset.classes) return dataset;
  const part = (split: ImageSplit): ImageSplit =>
    takeSamples(
      split,
      Int32Array.from(split.labels.keys()).filter((index) => split.labels[index]! < classes),
    );
  return {
    ...dataset,
    classes,
    classNames: dataset.classNames.slice(0, classes),
    train: part(dataset.train),
    test: part(dataset.test),
  };
}
