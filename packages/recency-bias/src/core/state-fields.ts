import type { StateDict } from './selector.js';
import { checkInteger, invalid, show, withArticle } from './validate.js';

/** Readers of a state's fields: a state may come from a file, so each field is checked where it is read. */

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
type TypedArrayOf<T extends TypedArray> = new (source: T) => T;

/**
 * @throws TypeError when `state` is no state, RangeError when it is of another version
 */
export function readVersion(owner: string, state: unknown, version: number): void {
  if (!hasVersion(state)) {
    throw new TypeError(`${owner}: the state is ${show(state)}; it must be what stateDict() returned.`);
  }
  if (state.version !== version) {
    throw new RangeError(
      `${owner}: the state has version ${show(state.version)}; this release reads version ${version}.`,
    );
  }
}

/**
 * An integer field in [min, max].
 * @throws TypeError or RangeError
 */
export function readInteger(state: StateDict, field: string, min: number, max?: number): number {
  return checkInteger(`state.${field}`, state[field], min, max);
}

/**
 * A field that must be `expected`, such as the number of samples.
 * @throws RangeError that says how the state and this run differ
 */
export function readSame(state: StateDict, field: string, expected: number | string): void {
  const value = state[field];
  if (value !== expected) {
    throw new RangeError(
      `state.${field} is ${show(value)}, but here it is ${show(expected)}; load a state saved with the same.`,
    );
  }
}

/**
 * A copy of a typed-array field of the given length.
 * @throws TypeError for another type, RangeError for another length
 */
export function readTyped<T extends TypedArray>(
  state: StateDict,
  field: string,
  type: TypedArrayOf<T>,
  length: number,
): T {
  const value = state[field];
  if (!(value instanceof type)) {
    throw invalid(TypeError, `state.${field}`, value, withArticle(type.name), jsonHint(value));
  }
  if (value.length !== length) {
    throw new RangeError(`state.${field} has ${value.length} values; it must have ${length}.`);
  }
  return new type(value);
}

/** Advice on a typed array of which JSON has made a list or an object with the keys 0, 1, ... */
export function jsonHint(value: unknown): string {
  const lost = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  return lost
    ? ' JSON keeps no typed arrays: save a state with encodeState and read it with decodeState.'
    : '';
}

/**
 * A nested state.
 * @throws TypeError when it is none
 */
export function readState(state: StateDict, field: string): StateDict {
  const value = state[field];
  if (!isState(value)) {
    throw invalid(TypeError, `state.${field}`, value, 'a nested state');
  }
  return value;
}

function isState(value: unknown): value is StateDict {
  return hasVersion(value) && typeof value.version === 'number';
}

function hasVersion(value: unknown): value is { readonly version: unknown } {
  return typeof value === 'object' && value !== null && 'version' in value;
}

/**
 * A field that orders all samples: an Int32Array that holds every integer of [0, size) once.
 * @throws TypeError or RangeError
 */
export function readPermutation(state: StateDict, field: string, size: number): Int32Array {
  return readDistinct(state, field, size, size, 'permutation');
}

/**
 * A field that orders some of the samples: an Int32Array of distinct integers of [0, size).
 * @throws TypeError or RangeError
 */
export function readSubset(state: StateDict, field: string, size: number): Int32Array {
  const value = state[field];
  const length = value instanceof Int32Array ? Math.min(value.length, size) : size;
  return readDistinct(state, field, length, size, 'subset');
}

function readDistinct(
  state: StateDict,
  field: string,
  length: number,
  size: number,
  what: string,
): Int32Array {
  const values = readTyped(state, field, Int32Array, length);
  const seen = new Uint8Array(size);
  for (const value of values) {
    if (value < 0 || value >= size || seen[value] === 1) {
      throw new RangeError(`state.${field} is no ${what} of the samples: ${value} is repeated or no sample.`);
    }
    seen[value] = 1;
  }
  return values;
}
