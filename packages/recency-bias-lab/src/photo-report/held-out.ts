/** The answers of a classifier for each held-out photo, and the numbers that follow. */

/** The answer for one held-out photo. */
export interface HeldOutPhoto {
  /** Index within the held-out part. */
  readonly index: number;
  /** Its file within the folder, or a number where there are no files. */
  readonly file: string;
  readonly label: number;
  readonly predicted: number;
  /** Probability of the predicted class, in [0, 1]. */
  readonly probability: number;
}

/** Right answers of a class. */
export interface ClassAccuracy {
  readonly label: number;
  readonly right: number;
  readonly photos: number;
}

/** 95 % interval of a share by Wilson's score method (1927), which holds for few photos and near 0 and 1. */
export function wilsonInterval(
  right: number,
  photos: number,
): { readonly low: number; readonly high: number } {
  const z = 1.96;
  const share = right / photos;
  const middle = share + z ** 2 / (2 * photos);
  const half = z * Math.sqrt((share * (1 - share)) / photos + z ** 2 / (4 * photos ** 2));
  const whole = 1 + z ** 2 / photos;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

/** Photos by label (rows) and predicted class (columns). */
export function confusionMatrix(photos: readonly HeldOutPhoto[], classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, predicted } of photos) matrix[label]![predicted]!++;
  return matrix;
}

/** By class, in the order of the labels; classes without a held-out photo have 0 photos. */
export function classAccuracies(matrix: readonly (readonly number[])[]): ClassAccuracy[] {
  return matrix.map((row, label) => ({
    label,
    right: row[label]!,
    photos: row.reduce((sum, count) => sum + count, 0),
  }));
}

/** Wrong answers, the surest first. */
export function wrongPhotos(photos: readonly HeldOutPhoto[]): HeldOutPhoto[] {
  return photos
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.probability - a.probability || a.index - b.index);
}
