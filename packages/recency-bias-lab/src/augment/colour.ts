/**
 * Changes of colour, in place, of one image at `values[from..to)`: pixels of interleaved channels, 0 black and 1 white. As with
 * TensorFlow's `tf.image` on float images, results are not clipped.
 */

/** Adds `delta` to all values. */
export function shiftBrightness(values: Float32Array, from: number, to: number, delta: number): void {
  for (let i = from; i < to; i++) values[i] = values[i]! + delta;
}

/** Multiplies the differences from the mean of each channel by `factor`. */
export function scaleContrast(
  values: Float32Array,
  from: number,
  to: number,
  channels: number,
  factor: number,
): void {
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = from + c; i < to; i += channels) sum += values[i]!;
    const mean = (sum * channels) / (to - from);
    for (let i = from + c; i < to; i += channels) values[i] = mean + (values[i]! - mean) * factor;
  }
}

/**
 * Multiplies the saturation of RGB pixels by `factor`, up to full saturation. Hue and value (the highest channel) stay, so in HSV terms each
 * channel moves on the line through the value: v - (v - channel) * factor. Pixels whose value is not above 0
 * have no saturation and stay.
 */
export function scaleSaturation(values: Float32Array, from: number, to: number, factor: number): void {
  for (let i = from; i < to; i += 3) {
    const red = values[i]!;
    const green = values[i + 1]!;
    const blue = values[i + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0 || value <= 0) continue;
    // Saturation is chroma / value; at full saturation the factor would be value / chroma.
    const scale = Math.min(factor, value / chroma);
    values[i] = value - (value - red) * scale;
    values[i + 1] = value - (value - green) * scale;
    values[i + 2] = value - (value - blue) * scale;
  }
}

const clamp = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);

/**
 * Turns the hue of RGB pixels by `turn` of the colour circle, 1/3 making red green. Saturation and value stay.
 * @param turn in [-1, 1]
 */
export function rotateHue(values: Float32Array, from: number, to: number, turn: number): void {
  for (let i = from; i < to; i += 3) {
    const red = values[i]!;
    const green = values[i + 1]!;
    const blue = values[i + 2]!;
    const value = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    const chroma = value - least;
    if (chroma === 0) continue;
    // The circle has six sectors; red lies at 0, green at 2, blue at 4.
    let hue = 6 * turn;
    if (value === red) hue += (green - blue) / chroma;
    else if (value === green) hue += 2 + (blue - red) / chroma;
    else hue += 4 + (red - green) / chroma;
    if (hue < 0) hue += 6;
    else if (hue >= 6) hue -= 6;
    // Each channel is highest within one sector of its colour, and falls to the least over the next.
    values[i] = least + chroma * clamp(Math.abs(hue - 3) - 1);
    values[i + 1] = least + chroma * clamp(2 - Math.abs(hue - 2));
    values[i + 2] = least + chroma * clamp(2 - Math.abs(hue - 4));
  }
}
