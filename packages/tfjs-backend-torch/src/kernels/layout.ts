import type { Handle } from '../native/addon.js';
import { operator } from '../native/operator.js';
import { onCpu } from '../settings.js';

const permute = operator('permute');
const contiguous = operator('contiguous');
const pad = operator('constant_pad_nd');
const padImages = operator('tfjs::pad_images');
const narrow = operator('narrow');

/** libtorch's numbers of its memory formats (c10/core/MemoryFormat.h). */
export const CHANNELS_LAST = 2;
export const CHANNELS_LAST_3D = 3;

/** The order of axes that brings the last to the second place: [batch, ..., channels] to [batch, channels, ...]. */
const toFirst = [[], [], [], [0, 2, 1], [0, 3, 1, 2], [0, 4, 1, 2, 3]] as const;
const toLast = [[], [], [], [0, 2, 1], [0, 2, 3, 1], [0, 2, 3, 4, 1]] as const;

/**
 * An image batch as libtorch names its axes, [batch, channels, ...], in channels-last memory: for an NHWC tensor of
 * TensorFlow.js a view.
 */
export function channelsFirst(x: Handle, rank: number): Handle {
  return contiguous(permute(x, toFirst[rank]), rank === 5 ? CHANNELS_LAST_3D : CHANNELS_LAST);
}

/** The way back, [batch, channels, ...] to [batch, ..., channels]; a view. */
export function channelsLast(x: Handle, rank: number): Handle {
  return permute(x, toLast[rank]);
}

/** Padding of one spatial axis. */
export interface AxisPadding {
  readonly before: number;
  readonly after: number;
}

/** libtorch pads both ends of an axis alike; an uneven rest is padded by a copy beforehand. */
export class Padding {
  /** What an operator of libtorch adds at both ends of each axis. */
  readonly even: readonly number[];
  /** What comes before each axis, even or not. */
  readonly before: readonly number[];
  readonly #axes: readonly AxisPadding[];
  readonly isEven: boolean;

  constructor(axes: readonly AxisPadding[]) {
    this.#axes = axes;
    this.before = axes.map(({ before }) => before);
    this.isEven = axes.every(({ before, after }) => before === after);
    this.even = this.isEven ? axes.map(({ before }) => before) : axes.map(() => 0);
  }

  /** [batch, channels, ...] with the padding that libtorch's operators cannot do; itself where they can. */
  apply(x: Handle, value = 0): Handle {
    if (this.isEven) return x;
    const [rows, columns] = this.#axes;
    if (onCpu() && this.#axes.length === 2) {
      return padImages(x, rows!.before, rows!.after, columns!.before, columns!.after, value);
    }
    // From the last axis to the first, each end.
    return pad(
      x,
      [...this.#axes].reverse().flatMap(({ before, after }) => [before, after]),
      value,
    );
  }

  /** The shape that {@link apply} gives. */
  padded(shape: readonly number[]): number[] {
    if (this.isEven) return [...shape];
    return shape.map((size, i) => {
      const axis = this.#axes[i - 2];
      return axis === undefined ? size : size + axis.before + axis.after;
    });
  }

  /** The gradient of {@link apply}: cuts the padding off again. */
  cut(x: Handle, shape: readonly number[]): Handle {
    if (this.isEven) return x;
    return this.#axes.reduce((y, { before }, i) => narrow(y, i + 2, before, shape[i + 2]), x);
  }
}
