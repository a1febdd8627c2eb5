import { describe, expect, it } from 'vitest';
import { gatherImages } from './image-dataset.js';
import type { ImageDataset } from './image-dataset.js';
import { withShiftedCopies } from './shifted-copies.js';

const [HEIGHT, WIDTH, CHANNELS] = [5, 4, 2];
const LENGTH = HEIGHT * WIDTH * CHANNELS;
const SIZE = 30;
/** No pixel is 0, and none is like another of its image. */
const images = Uint8Array.from({ length: SIZE * LENGTH }, (_, i) => 1 + ((7 * i) % 251));
const labels = Int32Array.from({ length: SIZE }, (_, i) => i % 3);
const dataset: ImageDataset = {
  name: 'pixels',
  imageShape: [HEIGHT, WIDTH, CHANNELS],
  classes: 3,
  classNames: ['a', 'b', 'c'],
  train: { size: SIZE, images, labels, files: Array.from(labels, (_, i) => `${i}.png`) },
  test: { size: 2, images: images.slice(0, 2 * LENGTH), labels: labels.slice(0, 2) },
};
const copies = { count: 4, shift: 1 };

/** The shift [dy, dx] that makes the one image of the other, by its definition; undefined where there is none. */
function shiftOf(original: Uint8Array, copy: Uint8Array): string | undefined {
  for (const dy of [-1, 0, 1]) {
    for (const dx of [-1, 0, 1]) {
      const isShift = Array.from(copy.keys()).every((at) => {
        const [y, x] = [Math.floor(at / (WIDTH * CHANNELS)) - dy, (Math.floor(at / CHANNELS) % WIDTH) - dx];
        const isInside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
        return copy[at] === (isInside ? original[(y * WIDTH + x) * CHANNELS + (at % CHANNELS)] : 0);
      });
      if (isShift) return `${dy} ${dx}`;
    }
  }
  return undefined;
}

describe('withShiftedCopies', () => {
  it('has every image first as it is, then shifted within the limits, with its label and file', () => {
    const { train, test } = withShiftedCopies(dataset, copies, 1);
    expect(train.size).toBe(SIZE * copies.count);
    expect(test).toBe(dataset.test);
    expect(train.images.slice(0, images.length)).toEqual(images);
    const shifts = new Map<string, number>();
    for (let i = SIZE; i < train.size; i++) {
      const own = i % SIZE;
      const copy = train.images.slice(i * LENGTH, (i + 1) * LENGTH);
      const shift = shiftOf(images.slice(own * LENGTH, (own + 1) * LENGTH), copy);
      expect(shift).toBeDefined();
      shifts.set(shift!, (shifts.get(shift!) ?? 0) + 1);
      expect(train.labels[i]).toBe(labels[own]);
      expect(train.files![i]).toBe(`${own}.png`);
    }
    expect(shifts.size).toBe(9);
    // 10 expected of each of 90; more than four standard deviations
    for (const count of shifts.values()) expect(Math.abs(count - 10)).toBeLessThan(10);
  });

  it('is the same for the same seed, and another for another', () => {
    const made = (seed: number) => withShiftedCopies(dataset, copies, seed).train.images;
    expect(made(1)).toEqual(made(1));
    expect(made(2)).not.toEqual(made(1));
  });

  it('gives images that are read on demand the same pixels', async () => {
    const { train } = dataset;
    const source = { gather: (indices: Int32Array) => gatherImages(train, indices) };
    const onDemand = { ...dataset, train: { ...train, images: new Uint8Array(0), source } };
    const indices = Int32Array.from([95, 3, 40, 119]);
    expect(await gatherImages(withShiftedCopies(onDemand, copies, 1).train, indices)).toEqual(
      await gatherImages(withShiftedCopies(dataset, copies, 1).train, indices),
    );
  });
});
