import { Random } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';
import { findDuplicates } from './duplicates.js';
import type { PhotoPlace } from './duplicates.js';

const SIDE = 36;
const LENGTH = SIDE * SIDE * 3;

/** A picture of 9 x 8 patches. */
function picture(seed: number): Uint8Array {
  const random = new Random(seed);
  const patches = Array.from({ length: 72 }, () => 40 + random.int(150));
  return Uint8Array.from({ length: LENGTH }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const row = Math.floor((Math.floor(pixel / SIDE) * 8) / SIDE);
    return patches[row * 9 + Math.floor(((pixel % SIDE) * 9) / SIDE)]!;
  });
}

function split(
  images: readonly Uint8Array[],
  files: readonly string[],
  labels: readonly number[],
): ImageSplit {
  const bytes = new Uint8Array(images.length * LENGTH);
  for (const [i, image] of images.entries()) bytes.set(image, i * LENGTH);
  return { size: images.length, images: bytes, files, labels: Int32Array.from(labels) };
}

function dataset(train: ImageSplit, test: ImageSplit): ImageDataset {
  return { name: 'folder', imageShape: [SIDE, SIDE, 3], classes: 2, classNames: ['a', 'b'], train, test };
}

describe('photos that are there twice', () => {
  it('are found where they are equal or brighter throughout, a held-out photo among the training photos first', async () => {
    const brighter = picture(1).map((value) => value + 20);
    const found = await findDuplicates(
      dataset(
        split([picture(1), brighter, picture(2)], ['one', 'bright', 'two'], [0, 0, 1]),
        split([picture(2), picture(3)], ['again', 'three'], [0, 1]),
      ),
    );
    const heldOut = (file: string, index: number): PhotoPlace => ({ file, isHeldOut: true, index });
    const trained = (file: string, index: number): PhotoPlace => ({ file, isHeldOut: false, index });
    expect(found).toEqual([
      {
        ...{ first: heldOut('again', 0), second: trained('two', 2) },
        ...{ isExact: true, isAcross: true, sameLabel: false },
      },
      {
        ...{ first: trained('one', 0), second: trained('bright', 1) },
        ...{ isExact: false, isAcross: false, sameLabel: true },
      },
    ]);
  });

  it('are not found among plain pictures of different colours', async () => {
    const plain = (value: number): Uint8Array => new Uint8Array(LENGTH).fill(value);
    const found = await findDuplicates(
      dataset(split([plain(10), plain(90)], ['x', 'y'], [0, 1]), split([plain(200)], ['z'], [0])),
    );
    expect(found).toEqual([]);
  });
});
