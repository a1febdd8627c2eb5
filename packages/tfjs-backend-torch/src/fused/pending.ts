import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../backend.js';
import type { Deferred } from '../data.js';
import { addon, type Handle } from '../native/addon.js';
import { onCpu } from '../settings.js';
import { adopt, operator, scoped } from '../native/operator.js';

const affine = operator('tfjs::affine');
const clampBackward = operator('tfjs::clamp_backward');

/** Whether a tensor can be normalised by the fused operators: they are made for the CPU, and for at least one value. */
export function fuses(x: TensorInfo): boolean {
  return x.dtype === 'float32' && util.sizeFromShape(x.shape) > 0 && onCpu();
}

/** x * scale + shift, by channel. A tensor that is added as it is has neither scale nor shift. */
interface Term {
  readonly x: Handle;
  readonly scale: Handle | null;
  readonly shift: Handle | null;
}

/** The identity of one batch normalisation: what came from it, and what its gradient may be fused with. */
export interface Origin {
  readonly normalization: object;
  /** No value is below this. */
  readonly low: number;
}

function hold(backend: TorchBackend, { x, scale, shift }: Term): Term {
  const own = (handle: Handle | null): Handle | null => (handle === null ? null : backend.retain(handle));
  return { x: backend.retain(x), scale: own(scale), shift: own(shift) };
}

function drop({ x, scale, shift }: Term): void {
  for (const handle of [x, scale, shift]) if (handle !== null) addon().dispose(handle);
}

/**
 * A normalised tensor that nobody has read yet. An addition and a clamp (ReLU) that follow become part of it, so that
 * all of them run over memory once, and the tensors between are never made.
 */
export class PendingAffine implements Deferred {
  readonly #backend: TorchBackend;
  readonly #first: Term;
  readonly #second: Term | undefined;
  readonly low: number;
  readonly high: number;

  private constructor(
    backend: TorchBackend,
    first: Term,
    second: Term | undefined,
    low: number,
    high: number,
  ) {
    this.#backend = backend;
    this.#first = hold(backend, first);
    this.#second = second === undefined ? undefined : hold(backend, second);
    this.low = low;
    this.high = high;
  }

  /** x * scale + shift; it holds the tensors from now on. */
  static of(backend: TorchBackend, x: Handle, scale: Handle, shift: Handle): PendingAffine {
    return new PendingAffine(backend, { x, scale, shift }, undefined, -Infinity, Infinity);
  }

  /** What is pending behind a tensor, if it is of this kind. */
  static behind(backend: TorchBackend, tensor: TensorInfo): PendingAffine | undefined {
    const { deferred } = backend.data(tensor);
    return deferred instanceof PendingAffine ? deferred : undefined;
  }

  /** Whether it is one term, not clamped: only such a one can be added to. */
  get isPlain(): boolean {
    return this.#second === undefined && this.low === -Infinity && this.high === Infinity;
  }

  /** The same once more, with its own hold of the tensors. */
  copy(): PendingAffine {
    return this.clamped(this.low, this.high);
  }

  clamped(low: number, high: number): PendingAffine {
    const bottom = Math.max(low, this.low);
    const top = Math.max(bottom, Math.min(high, this.high));
    return new PendingAffine(this.#backend, this.#first, this.#second, bottom, top);
  }

  /** The sum with another plain one, or with a tensor of the same shape. */
  plus(other: PendingAffine | Handle): PendingAffine {
    const term = typeof other === 'number' ? { x: other, scale: null, shift: null } : other.#first;
    return new PendingAffine(this.#backend, this.#first, term, -Infinity, Infinity);
  }

  compute(): Handle {
    const { x, scale, shift } = this.#first;
    const other = this.#second;
    return scoped(() =>
      adopt(
        affine(
          x,
          scale,
          shift,
          other?.x ?? null,
          other?.scale ?? null,
          other?.shift ?? null,
          this.low,
          this.high,
          true,
        ),
      ),
    );
  }

  release(): void {
    drop(this.#first);
    if (this.#second !== undefined) drop(this.#second);
  }
}

/** Passes a gradient where low < x <= high (or low <= x, if inclusive). */
interface Mask {
  readonly x: Handle | PendingAffine;
  readonly low: number;
  readonly high: number;
  readonly inclusive: boolean;
}

/**
 * The gradient of a clamp that nobody has read yet. The gradient of a batch normalisation applies the mask itself, from
 * what it reads anyway.
 */
export class PendingMask implements Deferred {
  private constructor(
    /** The gradient before the masks. */
    readonly gradient: Handle,
    private readonly masks: readonly Mask[],
    /** Whose result all the masks are about, if one normalisation's. */
    readonly origin: object | undefined,
  ) {}

  /** The gradient `dy` behind the clamp of `x`, or behind both where `dy` is pending already. */
  static of(
    backend: TorchBackend,
    dy: TensorInfo,
    x: TensorInfo,
    low: number,
    high: number,
    inclusive: boolean,
  ): PendingMask {
    const before = PendingMask.behind(backend, dy);
    const { origin } = backend.data(x);
    // A bound that nothing is below masks nothing; the other kind of bound is exclusive in the fused gradient.
    const fuses = origin !== undefined && (!inclusive || origin.low >= low);
    const mask: Mask = { x: holdValues(backend, x), low, high, inclusive };
    const earlier = (before?.masks ?? []).map((m) => ({ ...m, x: holdAgain(backend, m.x) }));
    const same = before === undefined || before.origin === origin?.normalization;
    return new PendingMask(
      backend.retain(before?.gradient ?? backend.handle(dy)),
      [...earlier, mask],
      fuses && same ? origin.normalization : undefined,
    );
  }

  /** What is pending behind a tensor, if it is of this kind. */
  static behind(backend: TorchBackend, tensor: TensorInfo): PendingMask | undefined {
    const { deferred } = backend.data(tensor);
    return deferred instanceof PendingMask ? deferred : undefined;
  }

  /** The bounds within which the value before all clamps let the gradient pass. */
  get low(): number {
    return Math.max(...this.masks.map(({ low, inclusive }) => (inclusive ? -Infinity : low)));
  }

  get high(): number {
    return Math.min(...this.masks.map(({ high }) => high));
  }

  compute(): Handle {
    return scoped(() =>
      adopt(
        this.masks.reduce((dy, { x, low, high, inclusive }) => {
          if (typeof x === 'number') return clampBackward(dy, x, low, high, inclusive);
          const values = x.compute();
          const masked = clampBackward(dy, values, low, high, inclusive);
          addon().dispose(values);
          return masked;
        }, this.gradient),
      ),
    );
  }

  release(): void {
    addon().dispose(this.gradient);
    for (const { x } of this.masks) {
      if (typeof x === 'number') addon().dispose(x);
      else x.release();
    }
  }
}

/** The values of a tensor under an own hold, without making them where they are pending. */
function holdValues(backend: TorchBackend, tensor: TensorInfo): Handle | PendingAffine {
  return PendingAffine.behind(backend, tensor)?.copy() ?? backend.retain(backend.handle(tensor));
}

function holdAgain(backend: TorchBackend, x: Handle | PendingAffine): Handle | PendingAffine {
  return typeof x === 'number' ? backend.retain(x) : x.copy();
}
