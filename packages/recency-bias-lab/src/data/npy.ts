/** NumPy's file format for one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). */
import { readFile } from 'node:fs/promises';
import { DataError } from './idx.js';

/** An array as it was saved by `numpy.save`. */
export interface NpyArray {
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** Type of the elements as NumPy writes it, e.g. `|u1` or `<i8`. */
  readonly type: string;
  /** The elements in row-major order, as bytes. */
  readonly bytes: Uint8Array;
}

const MAGIC = '\x93NUMPY';

/** The file's content; undefined where there is no such file. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new DataError(`${path}: cannot be read (${code})`);
  }
}

function parseNpy(content: Uint8Array, path: string): NpyArray {
  const file = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const refuse = (what: string): never => {
    throw new DataError(`${path}: ${what}; save the array with numpy.save`);
  };
  if (file.length < 12 || file.toString('latin1', 0, 6) !== MAGIC) refuse('is no NumPy array');
  const [from, length] = file[6] === 1 ? [10, file.readUInt16LE(8)] : [12, file.readUInt32LE(8)];
  const header = file.toString('latin1', from, from + length);
  const type = /'descr':\s*'([<>|=]?[a-zA-Z]\d+)'/.exec(header)?.[1] ?? refuse('holds no plain numbers');
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? refuse('has no shape');
  if (/'fortran_order':\s*True/.test(header))
    refuse('is in column order: numpy.ascontiguousarray makes it plain');
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  const bytes = content.subarray(from + length);
  const expected = shape.reduce((product, size) => product * size, Number(/\d+$/.exec(type)![0]));
  if (bytes.length !== expected)
    refuse(`has ${bytes.length} bytes of data where its header says ${expected}`);
  return { shape, type, bytes };
}

/**
 * Reads a file of `numpy.save`.
 * @returns undefined where there is no such file
 * @throws DataError naming the file and the problem
 */
export async function readNpy(path: string): Promise<NpyArray | undefined> {
  const content = await readIfThere(path);
  return content === undefined ? undefined : parseNpy(content, path);
}

/**
 * The elements of an array of whole numbers.
 * @throws DataError for another type of elements
 */
export function wholeNumbers({ type, bytes }: NpyArray, path: string): Int32Array {
  const [, order, kind, width] = /^([<>|=]?)([iub])([1248])$/.exec(type) ?? [];
  if (kind === undefined || width === undefined) {
    throw new DataError(
      `${path}: holds elements of type ${type}; expected whole numbers: labels.astype("int64")`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = order !== '>';
  const size = Number(width);
  const at = (i: number): number => {
    const offset = i * size;
    if (size === 1) return kind === 'i' ? view.getInt8(offset) : view.getUint8(offset);
    if (size === 2) return kind === 'i' ? view.getInt16(offset, little) : view.getUint16(offset, little);
    if (size === 4) return kind === 'i' ? view.getInt32(offset, little) : view.getUint32(offset, little);
    return Number(kind === 'i' ? view.getBigInt64(offset, little) : view.getBigUint64(offset, little));
  };
  return Int32Array.from({ length: bytes.length / size }, (_, i) => at(i));
}

/** The bytes of a file of `numpy.save`, of float32 or int32 in row-major order, on a little-endian machine. */
export function encodeNpy(shape: readonly number[], values: Float32Array | Int32Array): Uint8Array {
  const type = values instanceof Float32Array ? '<f4' : '<i4';
  const sizes = shape.map((size) => `${size}, `).join('');
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The data begin at a multiple of 64 bytes, after a line break.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10 + length, ' ');
  head.write(`${MAGIC}\x01\x00`, 'latin1');
  head.writeUInt16LE(length, 8);
  head.write(header, 10, 'latin1');
  head.write('\n', 10 + length - 1, 'latin1');
  return Buffer.concat([head, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]);
}
