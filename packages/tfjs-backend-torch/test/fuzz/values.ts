import type { Random } from 'recency-bias';
import type { Addon, Handle } from '../../src/native/addon.js';

/** Too small, too large, no integers; what lies between would only fill memory. */
const NUMBERS = [
  -1,
  -0,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 32,
  2 ** 45,
  2 ** 53,
  -(2 ** 53),
  1e300,
];
const WORDS = [
  '',
  'cpu',
  'cuda',
  'cuda:9',
  'float32',
  'int32',
  'bool',
  'add',
  'Tensor',
  'aten::add',
  '\u0000',
  'é',
];

/** Draws arguments for the addon, and holds the tensors that calls have made. */
export class Values {
  readonly #handles: Handle[] = [];
  readonly #made = new Set<Handle>();

  constructor(
    readonly random: Random,
    readonly addon: Addon,
  ) {}

  /** How many tensors are held. */
  get held(): number {
    return this.#made.size;
  }

  int(low: number, high: number): number {
    return low + this.random.int(high - low + 1);
  }

  yes(probability: number): boolean {
    return this.random.float() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.random.int(choices.length)]!;
  }

  list<T>(length: number, item: (i: number) => T): T[] {
    return Array.from({ length }, (_, i) => item(i));
  }

  hold(handle: Handle): Handle {
    if (!this.#made.has(handle)) this.#handles.push(handle);
    this.#made.add(handle);
    // Few at a time, so that their numbers are used again.
    if (this.#handles.length > 100) this.release(this.#handles[0]!);
    return handle;
  }

  /** Says that a call has released a tensor. */
  forget(handle: Handle): void {
    if (this.#made.delete(handle)) this.#handles.splice(this.#handles.indexOf(handle), 1);
  }

  release(handle: Handle): void {
    this.forget(handle);
    this.addon.dispose(handle);
  }

  releaseAll(): void {
    for (const handle of [...this.#handles]) this.release(handle);
  }

  /** A handle that is held, or none. */
  known(): Handle {
    return this.#handles.length === 0 ? 0 : this.of(this.#handles);
  }

  /** A new tensor: mostly float32, sometimes empty, and of other strides than its shape's. */
  tensor(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Handle {
    const size = shape.reduce((product, length) => product * length, 1);
    const Type = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
    const values = new Type(size).map(() =>
      this.yes(0.02) ? this.of([NaN, Infinity, -Infinity]) : this.random.float() * 4 - 2,
    );
    return this.hold(this.addon.fromTypedArray(values, shape, dtype));
  }

  shape(rank: number, largest = 6): number[] {
    return this.list(rank, () => (this.yes(0.03) ? 0 : this.int(1, largest)));
  }

  anyTensor(): Handle {
    return this.tensor(
      this.shape(this.int(0, 5), 4),
      this.of(['float32', 'float32', 'int32', 'bool'] as const),
    );
  }

  number(): number {
    return this.yes(0.6) ? this.int(-2, 8) : this.of(NUMBERS);
  }

  typedArray(): ArrayBufferView {
    const length = this.int(0, 8);
    return this.of(
      [Float32Array, Int32Array, Uint8Array, Float64Array, Uint8ClampedArray, BigInt64Array].map(
        (Type) => new Type(length),
      ),
    );
  }

  /** An array whose elements are made when they are read; reading calls the addon again, and may end in an error. */
  getters(values: Values = this): unknown[] {
    const { addon } = values;
    const array: unknown[] = values.list(values.int(0, 5), () => values.int(0, 4));
    const actions = [
      (): unknown => {
        values.releaseAll();
        return 1;
      },
      (): unknown => values.list(50, () => addon.resolve('aten::add', 'Tensor')).length,
      (): unknown => values.list(30, () => values.tensor([2])).at(-1),
      (): unknown => (array.length = 0),
      (): unknown => {
        throw new RangeError('a getter of the fuzzer');
      },
    ];
    const action = values.of(actions);
    Object.defineProperty(array, values.int(0, 4), { get: action, configurable: true, enumerable: true });
    return array;
  }

  /** Anything that JavaScript may hand over. */
  anything(depth = 0): unknown {
    switch (this.int(0, depth > 2 ? 8 : 14)) {
      case 0:
      case 1:
        return this.number();
      case 2:
      case 3:
        return this.known();
      case 4:
        return this.of(WORDS);
      case 5:
        return this.of([null, undefined, true, false]);
      case 6:
        return this.of([Symbol('s'), 7n, () => 1, {}, new Proxy([], {}), new Date(0)]);
      case 7:
        return this.typedArray();
      case 8:
        return 'x'.repeat(this.int(0, 2000));
      case 9:
        return this.getters();
      case 10:
        return new Array(this.of([3, 2 ** 32 - 1]));
      default:
        return this.list(this.int(0, this.yes(0.05) ? 90 : 6), () => this.anything(depth + 1));
    }
  }
}
