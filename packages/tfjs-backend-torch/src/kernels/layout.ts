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

/** Padding of one spatial axis; a negative value leaves out so many values at that end. */
export interface AxisPadding {
  readonly before: number;
  readonly after: number;
}

/**
 * Padding of the spatial axes. libtorch's operators add the same amount, at least 0, to both ends of an axis; any other
 * padding is a copy beforehand. TensorFlow.js's `same` over volumes leaves values out where the stride is larger than the
 * kernel, and explicit padding may be negative.
 */
export class Padding {
  /** Padding that an operator of libtorch adds at both ends of each axis. */
  readonly even: readonly number[];
  /** Padding before each axis, equal to that behind it or not. */
  readonly before: readonly number[];
  readonly #axes: readonly AxisPadding[];
  readonly #leavesOut: boolean;
  readonly isEven: boolean;

  constructor(axes: readonly AxisPadding[]) {
    this.#axes = axes;
    this.before = axes.map(({ before }) => before);
    this.#leavesOut = axes.some(({ before, after }) => before < 0 || after < 0);
    this.isEven = !this.#leavesOut && axes.every(({ before, after }) => before === after);
    this.even = this.isEven ? axes.map(({ before }) => before) : axes.map(() => 0);
  }

  /** [batch, channels, ...] with the padding that libtorch's operators cannot do; itself where they can. */
  apply(x: Handle, value = 0): Handle {
    if (this.isEven) return x;
    const [rows, columns] = this.#axes;
    if (onCpu() && this.#axes.length === 2 && !this.#leavesOut) {
      return padImages(x, rows!.before, rows!.after, columns!.before, columns!.after, value);
    }
    return pad(x, ends(this.#axes), value);
  }

  /** The shape that {@link apply} gives. */
  padded(shape: readonly number[]): number[] {
    if (this.isEven) return [...shape];
    return shape.map((size, i) => {
      const axis = this.#axes[i - 2];
      return axis === undefined ? size : size + axis.before + axis.after;
    });
  }

  /** The gradient of {@link apply}: cuts the padding off again, and is 0 where values were left out. */
  cut(x: Handle, shape: readonly number[]): Handle {
    if (this.isEven) return x;
    if (this.#leavesOut) {
      return pad(
        x,
        ends(this.#axes).map((size) => -size),
        0,
      );
    }
    return this.#axes.reduce((y, { before }, i) => narrow(y, i + 2, before, shape[i + 2]), x);
  }
}

/** As `constant_pad_nd` takes them: both ends of each axis, from the last axis to the first. */
function ends(axes: readonly AxisPadding[]): number[] {
  return [...axes].reverse().flatMap(({ before, after }) => [before, after]);
}
