/**
 * Resizes as libvips does, which prepares the photos that networks are trained on: means over blocks of whole pixels while
 * the image is much too large, then the Lanczos-3 kernel, and Catmull and Rom's cubic where the image is too small. What a canvas does differs from browser to browser.
 */

/** A part of an image in pixels from its top left corner; fractions count. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Rows of pixels, three channels each. */
export interface RgbImage {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3] values in [0, 255], row-major. */
  readonly values: Float32Array;
}

const CHANNELS = 3;
/** Blocks leave at least so many pixels for each pixel of the result. */
const LEFT_TO_KERNEL = 2;

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** A kernel and half its width, in pixels of the smaller image. */
interface Kernel {
  readonly reach: number;
  readonly at: (x: number) => number;
}

const LANCZOS: Kernel = { reach: 3, at: (x) => sinc(x) * sinc(x / 3) };
const CATMULL_ROM: Kernel = {
  reach: 2,
  at: (x) => {
    const d = Math.abs(x);
    return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
  },
};

/** The source pixels of one result pixel, from `first` on, with their weights, which sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

function tapsOf(start: number, length: number, count: number): Taps[] {
  const scale = length / count;
  const stretch = Math.max(scale, 1);
  const { reach, at } = scale < 1 ? CATMULL_ROM : LANCZOS;
  return Array.from({ length: count }, (_, i) => {
    const centre = start + (i + 0.5) * scale - 0.5;
    const first = Math.ceil(centre - reach * stretch);
    const last = Math.floor(centre + reach * stretch);
    const weights = Float32Array.from({ length: last - first + 1 }, (__, tap) => {
      return at((first + tap - centre) / stretch);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Means over blocks of `down` x `across` pixels; blocks at the end may be smaller. */
function shrink({ height, width, values }: RgbImage, down: number, across: number): RgbImage {
  if (down === 1 && across === 1) return { height, width, values };
  const rows = Math.ceil(height / down);
  const columns = Math.ceil(width / across);
  const result = new Float32Array(rows * columns * CHANNELS);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / down);
    const tall = Math.min(down, height - row * down);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / across);
      const share = 1 / (tall * Math.min(across, width - column * across));
      const to = (row * columns + column) * CHANNELS;
      const from = (y * width + x) * CHANNELS;
      for (let c = 0; c < CHANNELS; c++) result[to + c]! += values[from + c]! * share;
    }
  }
  return { height: rows, width: columns, values: result };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** Applies taps along each row; pixels beyond an edge are those at the edge. */
function alongRows({ height, width, values }: RgbImage, taps: readonly Taps[]): RgbImage {
  const result = new Float32Array(height * taps.length * CHANNELS);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (const { first, weights } of taps) {
      for (const [tap, weight] of weights.entries()) {
        const from = (y * width + clamp(first + tap, width - 1)) * CHANNELS;
        for (let c = 0; c < CHANNELS; c++) result[to + c]! += weight * values[from + c]!;
      }
      to += CHANNELS;
    }
  }
  return { height, width: taps.length, values: result };
}

/** Applies taps along each column. */
function alongColumns({ height, width, values }: RgbImage, taps: readonly Taps[]): RgbImage {
  const length = width * CHANNELS;
  const result = new Float32Array(taps.length * length);
  for (const [row, { first, weights }] of taps.entries()) {
    for (const [tap, weight] of weights.entries()) {
      const from = clamp(first + tap, height - 1) * length;
      for (let i = 0; i < length; i++) result[row * length + i]! += weight * values[from + i]!;
    }
  }
  return { height: taps.length, width, values: result };
}

/**
 * Brings a part of an image to a size.
 * @returns whole numbers in [0, 255]
 */
export function resample(
  image: RgbImage,
  { top, left, height, width }: Region,
  target: { readonly height: number; readonly width: number },
): RgbImage {
  const down = Math.max(1, Math.floor(height / target.height / LEFT_TO_KERNEL));
  const across = Math.max(1, Math.floor(width / target.width / LEFT_TO_KERNEL));
  const small = shrink(image, down, across);
  const narrow = alongRows(small, tapsOf(left / across, width / across, target.width));
  const result = alongColumns(narrow, tapsOf(top / down, height / down, target.height));
  return { ...result, values: result.values.map((value) => clamp(Math.round(value), 255)) };
}
