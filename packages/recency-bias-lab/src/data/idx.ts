/**
 * The IDX format of the MNIST family: two zero bytes, a type code, the number of dimensions, one big-endian 32-bit
 * size a dimension, then the values (http://yann.lecun.com/exdb/mnist/). Only unsigned bytes are read.
 */
import { gunzipSync } from 'node:zlib';

/** A file that is not what it should be; the message names the file and the problem. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** An array of unsigned bytes. */
export interface IdxArray {
  /** Sizes of the dimensions, the first being the number of samples. */
  readonly shape: readonly number[];
  /** The values in row-major order. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0x09: 'signed byte',
  0x0b: '16-bit integer',
  0x0c: '32-bit integer',
  0x0d: '32-bit float',
  0x0e: '64-bit float',
};

/** More than any data set read by this format; a compressed file that claims more is a bomb. */
const MAX_BYTES = 2 ** 31;

function gunzip(bytes: Uint8Array, source: string, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`${source}: cannot be decompressed (${reason}); delete it and fetch it again`);
  }
}

/**
 * Reads an IDX file, gzip-compressed or not.
 * @param bytes the file's content
 * @param source how to name the file in errors
 * @param options `ranks`: the allowed numbers of dimensions; `maxBytes`: limit of the decompressed size, default 2 GiB
 * @throws DataError when the content is damaged, of another type or rank, or of another length than it declares.
 */
export function parseIdx(
  bytes: Uint8Array,
  source: string,
  options: { readonly ranks?: readonly number[]; readonly maxBytes?: number } = {},
): IdxArray {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const raw = compressed ? gunzip(bytes, source, options.maxBytes ?? MAX_BYTES) : bytes;
  const [zero0, zero1, type, rank] = raw;
  if (zero0 === undefined || zero1 === undefined || type === undefined || rank === undefined) {
    throw new DataError(`${source}: ${raw.length} bytes are too few for an IDX header`);
  }
  if (zero0 !== 0 || zero1 !== 0) {
    throw new DataError(`${source}: is not an IDX file (it does not begin with two zero bytes)`);
  }
  if (type !== UNSIGNED_BYTE) {
    const name = TYPE_NAMES[type] ?? `unknown type 0x${type.toString(16)}`;
    throw new DataError(`${source}: holds values of ${name}; only unsigned bytes (type 0x08) are read`);
  }
  if (rank === 0 || (options.ranks !== undefined && !options.ranks.includes(rank))) {
    const allowed = options.ranks?.join(' or ') ?? 'at least 1';
    throw new DataError(`${source}: has ${rank} dimensions, expected ${allowed}`);
  }

  const headerLength = 4 + 4 * rank;
  if (raw.length < headerLength) {
    throw new DataError(`${source}: is truncated in the header (${raw.length} of ${headerLength} bytes)`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const shape: number[] = [];
  let length = 1;
  for (let d = 0; d < rank; d++) {
    const size = view.getUint32(4 + 4 * d);
    shape.push(size);
    length *= size;
  }
  const found = raw.length - headerLength;
  // A product beyond 2^53 is inexact but still far from any length that a file can have.
  if (length !== found) {
    const what = found < length ? 'is truncated' : 'has bytes beyond its end';
    throw new DataError(`${source}: ${what}: it declares ${shape.join(' x ')} values and holds ${found}`);
  }
  return { shape, values: raw.subarray(headerLength) };
}
