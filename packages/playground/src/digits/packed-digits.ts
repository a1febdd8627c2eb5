/** The digits of the page as one small file: MNIST's pixels rounded to 16 greys, two a byte. */

/** Digits that the network learns from. */
export const TRAINING_DIGITS = 5000;
/** Digits that it is tested with, and never learns from. */
export const TEST_DIGITS = 2000;
/** Pixels of a side of a digit. */
export const SIDE = 28;
/** Pixels of a digit. */
export const PIXELS = SIDE * SIDE;
/** The grey of a pixel that is all ink. */
export const INK = 15;

/** Digits with their labels. */
export interface Digits {
  readonly size: number;
  /** One grey a pixel, row-major [size, 28, 28]. */
  readonly images: Uint8Array;
  /** The digit that each is, 0 to 9. */
  readonly labels: ArrayLike<number>;
}

/** The two parts of the data. */
export interface DigitData {
  readonly train: Digits;
  readonly test: Digits;
}

/** `RBD1`: the first bytes of the file. */
const MAGIC = [0x52, 0x42, 0x44, 0x31];
const HEADER = 12;

function packPart({ size, images, labels }: Digits): Uint8Array {
  const bytes = new Uint8Array(size * (1 + PIXELS / 2));
  bytes.set(Uint8Array.from(labels));
  for (let i = 0; i < (size * PIXELS) / 2; i++) {
    bytes[size + i] = (images[2 * i]! & 0xf0) | (images[2 * i + 1]! >> 4);
  }
  return bytes;
}

/** Packs digits whose greys are 0 to 255. */
export function packDigits(train: Digits, test: Digits): Uint8Array {
  const parts = [packPart(train), packPart(test)];
  const bytes = new Uint8Array(HEADER + parts[0]!.length + parts[1]!.length);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, train.size);
  view.setUint32(8, test.size);
  bytes.set(parts[0]!, HEADER);
  bytes.set(parts[1]!, HEADER + parts[0]!.length);
  return bytes;
}

/**
 * The digits of a file that `packDigits` made, with greys from 0 to 15.
 * @throws RangeError when the file is another one, or cut off
 */
export function unpackDigits(bytes: Uint8Array): DigitData {
  if (bytes.length < HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new RangeError('digits.bin: is no file of digits; build the page again.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizes = [view.getUint32(4), view.getUint32(8)] as const;
  const expected = HEADER + (sizes[0] + sizes[1]) * (1 + PIXELS / 2);
  if (bytes.length !== expected) {
    throw new RangeError(
      `digits.bin: has ${bytes.length} bytes, expected ${expected}; build the page again.`,
    );
  }
  const train = unpackPart(bytes.subarray(HEADER), sizes[0]);
  return { train, test: unpackPart(bytes.subarray(HEADER + sizes[0] * (1 + PIXELS / 2)), sizes[1]) };
}

function unpackPart(bytes: Uint8Array, size: number): Digits {
  const images = new Uint8Array(size * PIXELS);
  for (let i = 0; i < images.length / 2; i++) {
    const pair = bytes[size + i]!;
    images[2 * i] = pair >> 4;
    images[2 * i + 1] = pair & INK;
  }
  return { size, images, labels: bytes.slice(0, size) };
}
