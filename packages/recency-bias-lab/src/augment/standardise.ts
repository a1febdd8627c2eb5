/** Standardisation, in place, of one image at `values[from..to)`. */

/**
 * To mean 0 and standard deviation 1 over all values of the image, as `tf.image.per_image_standardization`: the divisor is
 * at least 1 / sqrt(number of values), so that a constant image gives zeros.
 */
export function standardiseImage(values: Float32Array, from: number, to: number): void {
  const count = to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const difference = values[i]! - mean;
    squares += difference * difference;
  }
  const scale = 1 / Math.max(Math.sqrt(squares / count), 1 / Math.sqrt(count));
  for (let i = from; i < to; i++) values[i] = (values[i]! - mean) * scale;
}

/** Subtracts each channel's mean and divides by its standard deviation. */
export function standardiseChannels(
  values: Float32Array,
  from: number,
  to: number,
  mean: readonly number[],
  std: readonly number[],
): void {
  const channels = mean.length;
  for (let c = 0; c < channels; c++) {
    const average = mean[c]!;
    const scale = 1 / std[c]!;
    for (let i = from + c; i < to; i += channels) values[i] = (values[i]! - average) * scale;
  }
}
