import type { TensorInfo } from '@tensorflow/tfjs-core';
import { input, type KernelCall } from '../backend.js';

/** Folds a coordinate beyond an axis of `size` pixels back onto the axis. */
type Fold = (at: number, size: number) => number;

const onAxis = (at: number, size: number): number => Math.max(0, Math.min(at, size - 1));

const folds: Readonly<Record<string, Fold>> = {
  constant: (at) => at,
  nearest: onAxis,
  /** [abcd] becomes [dcba|abcd|dcba]. */
  reflect: (at, size) => {
    if (size <= 1) return 0;
    const period = 2 * size;
    if (at < 0) {
      const folded = period * Math.trunc(-at / period) + at;
      return onAxis(folded < -size ? folded + period : -folded - 1, size);
    }
    if (at <= size - 1) return at;
    const rest = at - period * Math.trunc(at / period);
    return onAxis(rest >= size ? period - rest - 1 : rest, size);
  },
  /** [abcd] becomes [abcd|abcd|abcd]. */
  wrap: (at, size) => {
    if (size <= 1) return 0;
    if (at < 0) return onAxis(at + size * (Math.trunc(-at / (size - 1)) + 1), size);
    return at > size - 1 ? onAxis(at - size * Math.trunc(at / (size - 1)), size) : at;
  },
};

/**
 * Projective transformation of images, as in TensorFlow's ImageProjectiveTransformV3. The replaced kernel takes
 * pixels from the wrong places where an image is not square or an edge is reflected or wrapped.
 */
export function transform(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [image, transforms] = [input(call, 'image'), input(call, 'transforms')];
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [rows, columns] = (attrs.outputShape as [number, number] | undefined) ?? [height, width];
  const fill = attrs.fillValue as number;
  const fold = folds[attrs.fillMode as string] ?? folds.constant!;
  const isNearest = attrs.interpolation === 'nearest';
  const out = backend.makeOutput([batch, rows, columns, channels], image.dtype);
  const from = backend.typedArrayFromHeap(image);
  const to = backend.typedArrayFromHeap(out);
  const coefficients = backend.typedArrayFromHeap(transforms);
  const isShared = transforms.shape[0] === 1;

  const pixel = (n: number, y: number, x: number, c: number): number =>
    y >= 0 && y < height && x >= 0 && x < width ? from[((n * height + y) * width + x) * channels + c]! : fill;
  const between = (n: number, y: number, x: number, c: number): number => {
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const row = (at: number): number =>
      (left + 1 - x) * pixel(n, at, left, c) + (x - left) * pixel(n, at, left + 1, c);
    return (top + 1 - y) * row(top) + (y - top) * row(top + 1);
  };

  let at = 0;
  for (let n = 0; n < batch; n++) {
    const first = isShared ? 0 : n * 8;
    const coefficient = (i: number): number => coefficients[first + i]!;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const projection = coefficient(6) * x + coefficient(7) * y + 1;
        const place = (i: number): number =>
          (coefficient(i) * x + coefficient(i + 1) * y + coefficient(i + 2)) / projection;
        const [column, row] = [fold(place(0), width), fold(place(3), height)];
        for (let c = 0; c < channels; c++, at++) {
          if (projection === 0) to[at] = fill;
          else if (isNearest) to[at] = pixel(n, Math.round(row), Math.round(column), c);
          else to[at] = between(n, row, column, c);
        }
      }
    }
  }
  return out;
}
