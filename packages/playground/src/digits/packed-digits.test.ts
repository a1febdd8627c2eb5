import { Random } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { packDigits, PIXELS, unpackDigits } from './packed-digits.js';

const random = new Random(1);
const some = (size: number) => ({
  size,
  images: Uint8Array.from({ length: size * PIXELS }, () => random.int(256)),
  labels: Uint8Array.from({ length: size }, () => random.int(10)),
});

describe('packed digits', () => {
  it('come back with their labels and their pixels in 16 greys', () => {
    const [train, test] = [some(7), some(3)];
    const data = unpackDigits(packDigits(train, test));
    for (const [part, given] of [
      [data.train, train],
      [data.test, test],
    ] as const) {
      expect(part.size).toBe(given.size);
      expect([...Uint8Array.from(part.labels)]).toEqual([...given.labels]);
      expect(part.images).toEqual(given.images.map((grey) => grey >> 4));
    }
  });

  it('are refused when they are cut off or something else', () => {
    const bytes = packDigits(some(2), some(1));
    expect(() => unpackDigits(bytes.subarray(0, -1))).toThrow(
      'digits.bin: has 1190 bytes, expected 1191; build the page again.',
    );
    expect(() => unpackDigits(new TextEncoder().encode('<!doctype html>'))).toThrow('no file of digits');
  });
});
