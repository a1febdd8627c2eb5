import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idxBytes } from '../../test/support/idx-data.js';
import { DataError, parseIdx } from './idx.js';

/** Header of an IDX file that may lie. */
function header(type: number, sizes: readonly number[]): number[] {
  const bytes = [
    ...sizes.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]),
  ];
  return [0, 0, type, sizes.length, ...bytes];
}

describe('parseIdx', () => {
  it('reads shape and values, compressed or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (shape, compress) => {
          const values = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 256);
          const plain = idxBytes(shape, values);
          const parsed = parseIdx(compress ? gzipSync(plain) : plain, 'file');
          expect(parsed.shape).toEqual(shape);
          expect([...parsed.values]).toEqual([...values]);
        },
      ),
    );
  });

  it('says of every shortened or lengthened file that it is damaged', () => {
    const bytes = idxBytes(
      [3, 2, 2],
      Uint8Array.from({ length: 12 }, (_, i) => i),
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseIdx(bytes.subarray(0, length), 'file')).toThrow(DataError);
    }
    expect(() => parseIdx(Uint8Array.from([...bytes, 0]), 'file')).toThrow(/bytes beyond its end/);
    const compressed = gzipSync(bytes);
    for (let length = 2; length < compressed.length; length++) {
      expect(() => parseIdx(compressed.subarray(0, length), 'file')).toThrow(DataError);
    }
  });

  it('answers arbitrary bytes with a consistent array or a DataError, nothing else', () => {
    const plausible = fc
      .tuple(fc.constantFrom(8, 9, 13, 255), fc.array(fc.nat(2 ** 32 - 1), { maxLength: 6 }), fc.uint8Array())
      .map(([type, sizes, rest]) => Uint8Array.from([...header(type, sizes), ...rest]));
    const gzipped = plausible.map((bytes) => new Uint8Array(gzipSync(bytes)));
    const magic = fc.uint8Array().map((bytes) => Uint8Array.from([0x1f, 0x8b, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), plausible, gzipped, magic), (bytes) => {
        try {
          const { shape, values } = parseIdx(bytes, 'file');
          expect(shape.reduce((a, b) => a * b, 1)).toBe(values.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toMatch(/^file: /);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is not fooled by sizes whose product overflows', () => {
    const bytes = Uint8Array.from([...header(8, [0x80000000, 2, 0x80000000, 4]), 1, 2, 3]);
    expect(() => parseIdx(bytes, 'file')).toThrow(
      /is truncated: it declares 2147483648 x 2 x 2147483648 x 4/,
    );
  });

  it('does not unpack a compressed file beyond the limit', () => {
    const bomb = gzipSync(new Uint8Array(4_000_000));
    expect(() => parseIdx(bomb, 'file', { maxBytes: 1_000_000 })).toThrow(/file: cannot be decompressed/);
  });

  it('names another type of values and another number of dimensions', () => {
    expect(() => parseIdx(Uint8Array.from([...header(0x0d, [1]), 0, 0, 0, 0]), 'file')).toThrow(
      'file: holds values of 32-bit float; only unsigned bytes (type 0x08) are read',
    );
    expect(() => parseIdx(idxBytes([2], Uint8Array.of(1, 2)), 'file', { ranks: [3, 4] })).toThrow(
      'file: has 1 dimensions, expected 3 or 4',
    );
  });
});
