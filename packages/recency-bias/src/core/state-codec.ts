import type { StateDict, StateValue } from './selector.js';
import { show } from './validate.js';

/**
 * The container: magic, version, header length and total length (16 bytes), a JSON header in ASCII, the typed arrays
 * behind it, each at a multiple of 8 bytes, and a CRC-32 of everything before. All numbers are little-endian.
 */
const MAGIC = 0x54534252; // 'RBST'
const FORMAT = 1;
const PREFIX = 16;

/** How deep a state may be nested. */
const MAX_DEPTH = 64;
/** Longest header, in bytes: the plain data of a state. */
const MAX_HEADER = 2 ** 24;

const TYPES = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;

type TypeName = keyof typeof TYPES;
type Typed = InstanceType<(typeof TYPES)[TypeName]>;

/** A header value: plain JSON, except that objects with a `$` field stand for what JSON lacks. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A state as portable bytes: the same on every platform, checked for damage when read back. Numbers keep their exact
 * value (NaN, infinities and -0 included), typed arrays their type.
 *
 * @throws TypeError naming the field when the state holds something else than plain data and typed arrays; RangeError when it
 *   is nested more than 64 deep or its plain data take more than 16 MiB
 */
export function encodeState(state: StateDict): Uint8Array {
  const arrays: { readonly array: Typed; readonly at: number }[] = [];
  let dataBytes = 0;
  const pack = (value: unknown, path: string, depth = 0): Json => {
    if (depth > MAX_DEPTH) throw new RangeError(`${path} is nested more than ${MAX_DEPTH} deep.`);
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') {
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
    }
    if (Array.isArray(value)) return value.map((item, i) => pack(item, `${path}[${i}]`, depth + 1));
    const type = typeName(value);
    if (type !== undefined) {
      const array = value as Typed;
      const at = dataBytes;
      arrays.push({ array, at });
      dataBytes += align8(array.byteLength);
      return { $: type, at, length: array.length };
    }
    if (typeof value === 'object' && isPlain(value)) {
      const packed = Object.fromEntries(
        Object.entries(value).map(([key, field]) => [key, pack(field, `${path}.${key}`, depth + 1)]),
      );
      return Object.hasOwn(value, '$') ? { $: 'object', value: packed } : packed;
    }
    throw new TypeError(`${path} is ${show(value)}; a state holds plain data and typed arrays.`);
  };

  const header = ascii(JSON.stringify(pack(state, 'state')));
  if (header.length > MAX_HEADER) {
    throw new RangeError(
      `The plain data of the state take ${header.length} bytes; at most ${MAX_HEADER} are saved. Use typed arrays.`,
    );
  }
  const dataStart = align8(PREFIX + header.length);
  const bytes = new Uint8Array(dataStart + dataBytes + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, FORMAT, true);
  view.setUint32(8, header.length, true);
  view.setUint32(12, bytes.length, true);
  for (let i = 0; i < header.length; i++) bytes[PREFIX + i] = header.charCodeAt(i);
  for (const { array, at } of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), dataStart + at);
    if (!LITTLE_ENDIAN) swapBytes(bytes, dataStart + at, array.byteLength, array.BYTES_PER_ELEMENT);
  }
  view.setUint32(bytes.length - 4, crc32(bytes, bytes.length - 4), true);
  return bytes;
}

/**
 * The state that `encodeState` made bytes of. It takes no more memory than a few times the bytes: arrays do not overlap, plain
 * data take at most 16 MiB, nested at most 64 deep.
 *
 * @throws TypeError when `bytes` is no Uint8Array, RangeError when the bytes are no such state, are of a later format, cut
 *   short or damaged
 */
export function decodeState(bytes: Uint8Array): StateDict {
  if (!((bytes as unknown) instanceof Uint8Array)) {
    throw new TypeError(`decodeState: bytes is ${show(bytes)}; it must be a Uint8Array from encodeState.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX + 4 || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError(`The bytes (${bytes.length}) are no saved state; it begins with 'RBST'.`);
  }
  const format = view.getUint32(4, true);
  if (format !== FORMAT) {
    throw new RangeError(`The saved state has format ${format}; this release reads format ${FORMAT}.`);
  }
  const length = view.getUint32(12, true);
  if (length !== bytes.length) {
    throw new RangeError(`The saved state is ${bytes.length} bytes, but was written with ${length}.`);
  }
  if (view.getUint32(length - 4, true) !== crc32(bytes, length - 4)) {
    throw damaged('its checksum does not match');
  }
  const headerLength = view.getUint32(8, true);
  const dataStart = align8(PREFIX + headerLength);
  if (dataStart > length - 4 || headerLength > MAX_HEADER) throw damaged('its header is too long');
  const header = readHeader(bytes.subarray(PREFIX, PREFIX + headerLength));
  const state = new Unpacker(bytes, dataStart, length - 4).unpack(header, 0);
  if (!isState(state)) throw new RangeError('The saved bytes hold no state with a version.');
  return state;
}

function damaged(why: string): RangeError {
  return new RangeError(`The saved state is damaged: ${why}.`);
}

function readHeader(bytes: Uint8Array): Json {
  let header = '';
  for (const byte of bytes) header += String.fromCharCode(byte);
  try {
    return JSON.parse(header) as Json;
  } catch {
    throw damaged('its header is no JSON');
  }
}

function isState(value: StateValue): value is StateDict {
  return (
    typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number'
  );
}

/** Numbers that JSON has no word for. */
const SPECIAL_NUMBERS: Readonly<Record<string, number>> = {
  NaN,
  Infinity,
  '-Infinity': -Infinity,
  '-0': -0,
};

/** Makes a state of a header and the arrays behind it. */
class Unpacker {
  readonly #bytes: Uint8Array;
  readonly #dataStart: number;
  readonly #end: number;
  /** Where the next array may begin: arrays follow one another, so that they hold no more than the bytes do. */
  #next = 0;

  constructor(bytes: Uint8Array, dataStart: number, end: number) {
    this.#bytes = bytes;
    this.#dataStart = dataStart;
    this.#end = end;
  }

  unpack(value: Json, depth: number): StateValue {
    if (depth > MAX_DEPTH) throw damaged(`it is nested more than ${MAX_DEPTH} deep`);
    if (typeof value !== 'object' || value === null) return value;
    if (isJsonArray(value)) return value.map((item) => this.unpack(item, depth + 1));
    const tag = value.$;
    if (tag === undefined) return this.#unpackFields(value, depth);
    if (tag === 'number') return this.#unpackNumber(value.value);
    if (tag === 'object') return this.#unpackFields(value.value, depth);
    return this.#readArray(tag, value.at, value.length);
  }

  // A nested plain object need not have a version; the type says what states have by convention.
  #unpackFields(fields: Json | undefined, depth: number): StateDict {
    if (typeof fields !== 'object' || fields === null || isJsonArray(fields)) {
      throw damaged('it holds an object without fields');
    }
    return Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, this.unpack(field, depth + 1)]),
    ) as unknown as StateDict;
  }

  #unpackNumber(word: Json | undefined): number {
    if (typeof word !== 'string' || !Object.hasOwn(SPECIAL_NUMBERS, word)) {
      throw damaged(`it holds ${show(word)} as a number`);
    }
    return SPECIAL_NUMBERS[word]!;
  }

  #readArray(tag: Json, at: Json | undefined, length: Json | undefined): Typed {
    const type = typeof tag === 'string' && Object.hasOwn(TYPES, tag) ? TYPES[tag as TypeName] : undefined;
    if (type === undefined || typeof at !== 'number' || typeof length !== 'number') {
      throw new RangeError(`The saved state holds a value of unknown kind ${show(tag)}.`);
    }
    const first = this.#dataStart + at;
    const byteLength = length * type.BYTES_PER_ELEMENT;
    const fits = Number.isInteger(at) && Number.isInteger(length) && at >= this.#next && length >= 0;
    if (!fits || first + byteLength > this.#end) {
      throw damaged(`a ${tag as string} lies outside of it, or over another array`);
    }
    this.#next = at + byteLength;
    // A copy also of Node's Buffer, whose own `slice` would return a view of the whole.
    const copy = new Uint8Array(this.#bytes.subarray(first, first + byteLength));
    if (!LITTLE_ENDIAN) swapBytes(copy, 0, byteLength, type.BYTES_PER_ELEMENT);
    return new type(copy.buffer, 0, length);
  }
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function swapBytes(bytes: Uint8Array, start: number, length: number, width: number): void {
  for (let at = start; at < start + length; at += width) bytes.subarray(at, at + width).reverse();
}

function typeName(value: unknown): TypeName | undefined {
  return (Object.keys(TYPES) as TypeName[]).find((name) => value instanceof TYPES[name]);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function align8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** JSON text with every character beyond ASCII escaped, so that one character is one byte. */
function ascii(text: string): string {
  return text.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** CRC-32 tables (ISO 3309, as in zip and PNG) for four bytes a step. */
const CRC_TABLES = ((): Uint32Array => {
  const tables = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const previous = tables[at - 256]!;
    tables[at] = (previous >>> 8) ^ tables[previous & 255]!;
  }
  return tables;
})();

/** CRC-32 of the first `length` bytes. */
export function crc32(bytes: Uint8Array, length: number): number {
  const table = CRC_TABLES;
  let crc = -1;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      table[768 + (crc & 255)]! ^
      table[512 + ((crc >>> 8) & 255)]! ^
      table[256 + ((crc >>> 16) & 255)]! ^
      table[crc >>> 24]!;
  }
  for (; at < length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
