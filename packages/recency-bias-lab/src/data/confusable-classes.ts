/** Of known data sets: for each class the class with which it is most easily confused. */
import type { ImageDataset } from './image-dataset.js';

/**
 * Class c is confused with `CONFUSABLE[name][c]`. For CIFAR-10 the five changes of Patrini et al. (CVPR 2017, arXiv 1609.03683; truck to
 * automobile, bird to airplane, deer to horse, cat and dog to each other), for MNIST their four that go to one class each; the other
 * classes, and those of Fashion-MNIST, have the class that looks most alike.
 */
const CONFUSABLE: Readonly<Record<string, readonly number[]>> = {
  mnist: [6, 7, 7, 8, 9, 6, 5, 1, 3, 4],
  // T-shirt to shirt, trouser to dress, pullover to coat, dress to T-shirt, coat to pullover, sandal to sneaker, shirt to T-shirt,
  // sneaker to ankle boot, bag to shirt, ankle boot to sneaker.
  'fashion-mnist': [6, 3, 4, 0, 2, 7, 0, 9, 6, 7],
  // airplane to ship, automobile to truck, bird to airplane, cat to dog, deer to horse, dog to cat, frog to cat, horse to deer, ship
  // to airplane, truck to automobile.
  cifar10: [8, 9, 0, 5, 7, 3, 3, 4, 0, 1],
};

/**
 * The class with which each class is most easily confused.
 * @throws RangeError when it is not known of the data set, or not among its classes.
 */
export function confusableClasses({
  name,
  classes,
}: Pick<ImageDataset, 'name' | 'classes'>): readonly number[] {
  const known = CONFUSABLE[name]?.slice(0, classes);
  if (known === undefined || known.length < classes || known.some((other) => other >= classes)) {
    throw new RangeError(
      `dataset.labelNoise.to: is confusable, which is known of all classes of ${Object.keys(CONFUSABLE).join(', ')} only; give a list with the class that each class becomes, e.g. [1, 0]`,
    );
  }
  return known;
}
