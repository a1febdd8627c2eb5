import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TorchBackend } from './backend.js';
import type { Deferred } from './data.js';
import { addon, type Handle } from '../native/addon.js';
import { onCpu } from '../settings.js';
import { adopt, operator, scoped } from '../native/operator.js';

const affine = operator('tfjs::affine');
const clampBackward = operator('tfjs::clamp_backward');

/** Whether a tensor can be normalised by the fused operators: they are made for the CPU, and for at least one value. */
export function fuses(x: TensorInfo): boolean {
  return x.dtype === 'float32' && util.sizeFromShape(x.shape) > 0 && onCpu();
}

/**
 * x * scale + shift, by channel, where the last two rows of the coefficients are scale and shift; null leaves x as it is.
 * Held by several pending tensors at once, released with the last of them.
 */
class Term {
  #holders = 0;

  constructor(
    readonly x: Handle,
    readonly coefficients: Handle | null,
  ) {}

  /** Whether nobody else will read x, so that the result may take its memory. */
  get isLast(): boolean {
    return this.#holders === 1;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  drop(): void {
    if (--this.#holders > 0) return;
    if (this.coefficients === null) addon().dispose(this.x);
    else addon().dispose(this.x, this.coefficients);
  }
}

/**
 * A normalised tensor that nobody has read yet. An addition and a clamp (ReLU) that follow become part of it, so that
 * all of them run over memory once, and the tensors between are never made.
 */
export class PendingAffine implements Deferred {
  readonly #first: Term;
  readonly #second: Term | undefined;
  readonly low: number;
  readonly high: number;

  private constructor(first: Term, second: Term | undefined, low: number, high: number) {
    this.#first = first.hold();
    this.#second = second?.hold();
    this.low = low;
    this.high = high;
  }

  /** x * scale + shift with the last two rows of the coefficients; it holds both tensors from now on. */
  static of(backend: TorchBackend, x: Handle, coefficients: Handle): PendingAffine {
    const term = new Term(backend.retain(x), backend.retain(coefficients));
    return new PendingAffine(term, undefined, -Infinity, Infinity);
  }

  /** The pending operation behind a tensor, if it is of this kind. */
  static behind(backend: TorchBackend, tensor: TensorInfo): PendingAffine | undefined {
    const deferred = backend.pending(tensor);
    return deferred instanceof PendingAffine ? deferred : undefined;
  }

  /** Whether it is a single term without a clamp: only to such a sum can another be added. */
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
    return new PendingAffine(this.#first, this.#second, bottom, top);
  }

  /** The sum with another plain sum, or with a tensor of the same shape. */
  plus(backend: TorchBackend, other: PendingAffine | Handle): PendingAffine {
    const term = typeof other === 'number' ? new Term(backend.retain(other), null) : other.#first;
    return new PendingAffine(this.#first, term, -Infinity, Infinity);
  }

  compute(): Handle {
    const { x, coefficients } = this.#first;
    const other = this.#second;
    return scoped(() =>
      adopt(
        affine(
          x,
          coefficients,
          other?.x ?? null,
          other?.coefficients ?? null,
          this.low,
          this.high,
          this.#first.isLast,
        ),
      ),
    );
  }

  release(): void {
    this.#first.drop();
    this.#second?.drop();
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
 * The gradient of a clamp that nobody has read yet. The gradient of a batch normalisation applies the mask itself: it
 * reads the values that the mask follows from anyway.
 */
export class PendingMask implements Deferred {
  private constructor(
    /** The gradient before the masks. */
    readonly gradient: Handle,
    private readonly masks: readonly Mask[],
    /** The normalisation whose result all the masks belong to; undefined where they belong to several. */
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

  /** The pending operation behind a tensor, if it is of this kind. */
  static behind(backend: TorchBackend, tensor: TensorInfo): PendingMask | undefined {
    const deferred = backend.pending(tensor);
    return deferred instanceof PendingMask ? deferred : undefined;
  }

  /** The bounds within which the value before all clamps let the gradient pass. */
  get low(): number {
    return this.masks.reduce(
      (least, { low, inclusive }) => (inclusive ? least : Math.max(least, low)),
      -Infinity,
    );
  }

  get high(): number {
    return this.masks.reduce((most, { high }) => Math.min(most, high), Infinity);
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
