import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, input, run, type Kernel, type KernelCall } from '../backend.js';

/** Resizing by the nearest pixel keeps the type; the replaced kernel gives floats. */
export function resizeNearestNeighbor(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend } = call;
  const { dtype } = input(call, 'images');
  const resized = otherwise(call);
  if (dtype === resized.dtype) return resized;
  const out = run(backend, 'Cast', { x: resized }, { dtype });
  dispose(backend, resized);
  return out;
}

/**
 * Gradient of resizing by the nearest pixel: each value of dy goes to the pixel it was taken from. The replaced
 * kernel gives zeros where corners are aligned and an axis of one pixel was enlarged.
 */
export function resizeNearestNeighborGrad(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [images, dy] = [input(call, 'images'), input(call, 'dy')];
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [, rows, columns] = dy.shape as [number, number, number];
  const source = (size: number, from: number): Int32Array => {
    const aligned = attrs.alignCorners === true && size > 1;
    const scale = aligned ? (from - 1) / (size - 1) : from / size;
    return Int32Array.from({ length: size }, (_, i) => {
      const place = attrs.alignCorners === true ? Math.round(i * scale) : Math.floor(i * scale);
      return Math.min(from - 1, place);
    });
  };
  const [ys, xs] = [source(rows, height), source(columns, width)];
  const dx = backend.makeOutput(images.shape, 'float32');
  const to = backend.typedArrayFromHeap(dx).fill(0);
  const from = backend.typedArrayFromHeap(dy);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const pixel = ((n * height + ys[y]!) * width + xs[x]!) * channels;
        for (let c = 0; c < channels; c++, at++) to[pixel + c]! += from[at]!;
      }
    }
  }
  return dx;
}

/** Rotation about a point. The replaced kernel drops the fraction of the fill value and writes 255 into channel 3. */
export function rotateWithOffset(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const image = input(call, 'image');
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const fill = attrs.fillValue as number | [number, number, number];
  const center = attrs.center as number | [number, number];
  const [centerX, centerY] = backend_util.getImageCenter(center, height, width);
  const sin = Math.sin(attrs.radians as number);
  const cos = Math.cos(attrs.radians as number);
  const out = backend.makeOutput(image.shape, image.dtype);
  const from = backend.typedArrayFromHeap(image);
  const to = backend.typedArrayFromHeap(out);
  const outside = (channel: number): number =>
    typeof fill === 'number' ? fill : channel === 3 ? OPAQUE : fill[channel]!;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = Math.round((x - centerX) * cos - (y - centerY) * sin + centerX);
        const row = Math.round((x - centerX) * sin + (y - centerY) * cos + centerY);
        const isInside = column >= 0 && column < width && row >= 0 && row < height;
        const pixel = ((n * height + row) * width + column) * channels;
        for (let c = 0; c < channels; c++, at++) to[at] = isInside ? from[pixel + c]! : outside(c);
      }
    }
  }
  return out;
}

/** The fourth channel of a pixel beyond the image where a colour is given. */
const OPAQUE = 255;

/** Crops resized by the nearest pixel. The replaced kernel sometimes takes the pixel before the nearest. */
export function cropAndResize(call: KernelCall, otherwise: Kernel): TensorInfo {
  const { backend, attrs } = call;
  if (attrs.method !== 'nearest') return otherwise(call);
  const image = input(call, 'image');
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [rows, columns] = attrs.cropSize as [number, number];
  const fill = attrs.extrapolationValue as number;
  const boxes = backend.typedArrayFromHeap(input(call, 'boxes'));
  const owners = backend.typedArrayFromHeap(input(call, 'boxInd'));
  const count = input(call, 'boxes').shape[0]!;
  const out = backend.makeOutput([count, rows, columns, channels], 'float32');
  const from = backend.typedArrayFromHeap(image);
  const to = backend.typedArrayFromHeap(out).fill(0);
  /** The pixel of index `i` of `size` between two edges, -1 beyond the image. */
  const place = (i: number, size: number, low: number, high: number, pixels: number): number => {
    const last = pixels - 1;
    const at = size > 1 ? low * last + (i * (high - low) * last) / (size - 1) : 0.5 * (low + high) * last;
    return at >= 0 && at <= last ? Math.round(at) : -1;
  };
  let at = 0;
  for (let box = 0; box < count; box++) {
    const [top, left, bottom, right] = boxes.subarray(box * 4, box * 4 + 4) as unknown as number[];
    const owner = owners[box]!;
    if (owner < 0 || owner >= batch) {
      at += rows * columns * channels;
      continue;
    }
    for (let row = 0; row < rows; row++) {
      const y = place(row, rows, top!, bottom!, height);
      for (let column = 0; column < columns; column++) {
        const x = place(column, columns, left!, right!, width);
        const pixel = ((owner * height + y) * width + x) * channels;
        for (let c = 0; c < channels; c++, at++) to[at] = y < 0 || x < 0 ? fill : from[pixel + c]!;
      }
    }
  }
  return out;
}
