import type { StateDict } from './selector.js';
import { checkInteger, invalid, show, withArticle } from './validate.js';

/** Readers of a state's fields: a state may come from a file, so each field is checked where it is read. */

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
type TypedArrayOf<T extends TypedArray> = new (source: T) => T;

/**
 * @throws TypeError when `state` is no state, RangeError when it is of another version
 */
export function readVersion(owner: string, state: unknown, version: number): void {
  const found = versionOf(state);
  if (found === undefined) {
    throw invalid(TypeError, `${owner}: the state`, state, 'what stateDict() returned');
  }
  if (found !== version) {
    throw new RangeError(
      `${owner}: the state has version ${show(found)}; this release reads version ${version}.`,
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
 * A typed-array field of any length: the state's own, not a copy.
 * @throws TypeError for another type
 */
export function readArray<T extends TypedArray>(state: StateDict, field: string, type: TypedArrayOf<T>): T {
  const value = state[field];
  if (!(value instanceof type)) {
    throw invalid(TypeError, `state.${field}`, value, withArticle(type.name), jsonHint(value));
  }
  return value;
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
  const value = readArray(state, field, type);
  if (value.length !== length) {
    throw new RangeError(`state.${field} has ${value.length} values; it must have ${length}.`);
  }
  return new type(value);
}

/** Advice on a typed array of which JSON has made a list or an object with the keys 0, 1, ... */
function jsonHint(value: unknown): string {
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
  if (typeof versionOf(value) !== 'number') {
    throw invalid(TypeError, `state.${field}`, value, 'a nested state');
  }
  return value as StateDict;
}

function versionOf(state: unknown): unknown {
  return (state as { readonly version?: unknown } | null | undefined)?.version;
}

/**
 * A field that orders all samples: an Int32Array that holds every integer of [0, size) once.
 * @throws TypeError or RangeError
 */
export function readPermutation(state: StateDict, field: string, size: number): Int32Array {
  return distinct(field, readTyped(state, field, Int32Array, size), size);
}

/**
 * A field that orders some of the samples: an Int32Array of distinct integers of [0, size).
 * @throws TypeError or RangeError
 */
export function readSubset(state: StateDict, field: string, size: number): Int32Array {
  return distinct(field, readArray(state, field, Int32Array).slice(), size);
}

function distinct(field: string, samples: Int32Array, size: number): Int32Array {
  const seen = new Uint8Array(size);
  for (const sample of samples) {
    // Beyond the data `seen` holds nothing.
    if (seen[sample] !== 0) {
      throw new RangeError(`state.${field} must hold distinct samples: ${sample} is repeated or no sample.`);
    }
    seen[sample] = 1;
  }
  return samples;
}
