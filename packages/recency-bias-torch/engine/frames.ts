/**
 * Frames over pipes. A frame is: its length behind this number (u32), the length of its header (u32), the header as JSON, then the arrays
 * that the header lists, each padded to 8 bytes. All numbers are little-endian.
 */
import { readSync, writeSync } from 'node:fs';

const TYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array, float64: Float64Array } as const;

type TypeName = keyof typeof TYPES;
/** An array that a frame can carry. */
export type Column = Uint8Array | Int32Array | Float32Array | Float64Array;
/** Arrays by name. */
export type Columns = Readonly<Record<string, Column>>;

/** A message: plain data and arrays. */
export interface Frame {
  readonly body: Readonly<Record<string, unknown>>;
  readonly arrays: Columns;
}

const align8 = (bytes: number): number => (bytes + 7) & ~7;

function typeOf(array: Column): TypeName {
  for (const [name, type] of Object.entries(TYPES)) if (array instanceof type) return name as TypeName;
  throw new TypeError('a frame carries uint8, int32, float32 and float64 arrays only.');
}

/** Fills `buffer` from a pipe. @returns false when the pipe has ended before the first byte */
function readWhole(pipe: number, buffer: Uint8Array): boolean {
  let done = 0;
  while (done < buffer.length) {
    let read: number;
    try {
      read = readSync(pipe, buffer, done, buffer.length - done, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EINTR' || code === 'EAGAIN') continue;
      if (code === 'EOF') return false;
      throw error;
    }
    if (read === 0) return false;
    done += read;
  }
  return true;
}

/** The next frame; undefined when the other side has closed the pipe. */
export function readFrame(pipe: number): Frame | undefined {
  const prefix = new Uint8Array(8);
  if (!readWhole(pipe, prefix)) return undefined;
  const view = new DataView(prefix.buffer);
  const rest = new Uint8Array(view.getUint32(0, true) - 4);
  if (!readWhole(pipe, rest)) return undefined;
  const headerBytes = view.getUint32(4, true);
  const { arrays: listed = [], ...body } = JSON.parse(
    new TextDecoder().decode(rest.subarray(0, headerBytes)),
  ) as Record<string, unknown> & { arrays?: readonly (readonly [string, TypeName, number])[] };
  const arrays: Record<string, Column> = {};
  let at = align8(headerBytes);
  for (const [name, type, length] of listed) {
    const constructor = TYPES[type];
    const bytes = length * constructor.BYTES_PER_ELEMENT;
    arrays[name] = new constructor(rest.slice(at, at + bytes).buffer);
    at += align8(bytes);
  }
  return { body, arrays };
}

/** Writes a frame whole. */
export function writeFrame(
  pipe: number,
  body: Readonly<Record<string, unknown>>,
  arrays: Columns = {},
): void {
  const listed = Object.entries(arrays).map(([name, array]) => [name, typeOf(array), array.length] as const);
  const header = new TextEncoder().encode(JSON.stringify({ ...body, arrays: listed }));
  let size = align8(header.length);
  for (const array of Object.values(arrays)) size += align8(array.byteLength);
  const frame = new Uint8Array(8 + size);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 4 + size, true);
  view.setUint32(4, header.length, true);
  frame.set(header, 8);
  let at = 8 + align8(header.length);
  for (const array of Object.values(arrays)) {
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += align8(array.byteLength);
  }
  for (let done = 0; done < frame.length;) {
    try {
      done += writeSync(pipe, frame, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EINTR' && code !== 'EAGAIN') throw error;
    }
  }
}
