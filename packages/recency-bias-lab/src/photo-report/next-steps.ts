/** Advice to the owner of the photos on a better classifier. */
import { plural } from '../report/format.js';
import { classAccuracies } from './held-out.js';

/** With fewer training photos than that, more of them mostly help most. */
const FEW_PHOTOS = 50;
/** With fewer held-out photos than that, the accuracy of a class says little. */
const FEW_HELD_OUT = 5;

/**
 * Sentences, the most useful first.
 * @param matrix held-out photos by label (rows) and predicted class
 * @param trained training photos of each class
 * @param duplicated held-out photos that are training photos, too
 */
export function nextSteps(
  matrix: readonly (readonly number[])[],
  trained: readonly number[],
  names: readonly string[],
  duplicated: number,
): string[] {
  const steps: string[] = [];
  const name = (label: number): string => names[label] ?? String(label);
  const [worst] = classAccuracies(matrix)
    .filter(({ right, photos }) => photos >= FEW_HELD_OUT && right < photos)
    .sort((a, b) => a.right / a.photos - b.right / b.photos);
  if (worst !== undefined) {
    const { label, right, photos } = worst;
    steps.push(
      `More photos of ${name(label)}: only ${right} of ${photos} held-out photos are right, and there are ${trained[label]!} to learn from.`,
    );
  }
  const confusions = matrix.flatMap((row, label) =>
    row.flatMap((count, predicted) => (label === predicted ? [] : [{ count, label, predicted }])),
  );
  const [most] = confusions.sort((a, b) => b.count - a.count);
  if (most !== undefined && most.count > 1) {
    steps.push(
      `${plural(most.count, 'photo')} of ${name(most.label)} were taken for ${name(most.predicted)}: look at them below. Some labels may be wrong, or the two classes need photos that show the difference.`,
    );
  }
  const few = trained.flatMap((count, label) =>
    count < FEW_PHOTOS && label !== worst?.label ? [name(label)] : [],
  );
  if (few.length > 0) {
    steps.push(
      `Fewer than ${FEW_PHOTOS} training photos: ${few.slice(0, 5).join(', ')}${few.length > 5 ? ` and ${few.length - 5} more` : ''}.`,
    );
  }
  if (duplicated > 0) {
    steps.push(
      `${plural(duplicated, 'held-out photo')} ${duplicated === 1 ? 'is' : 'are'} also among the training photos, so the accuracy is too high: keep each photo once.`,
    );
  }
  return steps;
}
