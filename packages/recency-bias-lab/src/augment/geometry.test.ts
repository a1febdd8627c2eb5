import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyImage } from './geometry.js';
import type { ImageShape, Placement } from './geometry.js';

/** Values are the bytes themselves, told apart by channel; black is -1 - c. */
function identityTable(channels: number): Float32Array {
  const table = Float32Array.from({ length: 256 * channels }, (_, i) => (i & 255) + 1000 * (i >> 8));
  for (let c = 0; c < channels; c++) table[256 * c] = -1 - c;
  return table;
}

const image = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 3))
  .chain(([height, width, channels]) =>
    fc.record({
      shape: fc.constant<ImageShape>([height, width, channels]),
      // No zeros, so that padding is told apart.
      bytes: fc.uint8Array({
        min: 1,
        minLength: height * width * channels,
        maxLength: height * width * channels,
      }),
    }),
  );
const placement = fc.record<Placement>({
  top: fc.integer({ min: -7, max: 7 }),
  left: fc.integer({ min: -7, max: 7 }),
  flip: fc.boolean(),
});

function copied(bytes: Uint8Array, shape: ImageShape, at: Placement): number[] {
  const out = new Float32Array(bytes.length + 2).fill(-99);
  const framed = Uint8Array.of(77, ...bytes, 77);
  copyImage(framed, 1, out, 1, shape, at, identityTable(shape[2]));
  expect([out[0], out.at(-1)]).toEqual([-99, -99]);
  return [...out.slice(1, -1)];
}

describe('copyImage', () => {
  it('puts each pixel of the crop where it belongs, black where there is none', () => {
    fc.assert(
      fc.property(image, placement, ({ shape, bytes }, at) => {
        const [height, width, channels] = shape;
        const out = copied(bytes, shape, at);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            for (let c = 0; c < channels; c++) {
              const row = y + at.top;
              const column = at.left + (at.flip ? width - 1 - x : x);
              const inside = row >= 0 && row < height && column >= 0 && column < width;
              const expected = inside ? bytes[(row * width + column) * channels + c]! + 1000 * c : -1 - c;
              expect(out[(y * width + x) * channels + c]).toBe(expected);
            }
          }
        }
      }),
    );
  });

  it('is undone by a second flip', () => {
    fc.assert(
      fc.property(image, ({ shape, bytes }) => {
        const flip = { top: 0, left: 0, flip: true };
        const once = Uint8Array.from(copied(bytes, shape, flip), (value) => value % 1000);
        expect(copied(once, shape, flip)).toEqual(copied(bytes, shape, { ...flip, flip: false }));
      }),
    );
  });

  it('keeps the pixels that a crop does not cut off: only black comes in', () => {
    fc.assert(
      fc.property(image, placement, ({ shape, bytes }, at) => {
        const [height, width, channels] = shape;
        const kept =
          Math.max(0, height - Math.abs(at.top)) * Math.max(0, width - Math.abs(at.left)) * channels;
        expect(copied(bytes, shape, at).filter((value) => value >= 0)).toHaveLength(kept);
      }),
    );
  });
});
