/** Makes small data sets in MNIST's file format. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Random } from 'recency-bias';

/** The bytes of an IDX file of unsigned bytes. */
export function idxBytes(shape: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes[2] = 0x08;
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  shape.forEach((size, d) => {
    view.setUint32(4 + 4 * d, size);
  });
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

/** Noisy pictures of bars: class c is a bright row at height 2c + 1; hard enough that no method is right at once. */
function pictures(size: number, side: number, classes: number, random: Random): [Uint8Array, Uint8Array] {
  const images = new Uint8Array(size * side * side);
  const labels = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const label = random.int(classes);
    labels[i] = label;
    for (let p = 0; p < side * side; p++) {
      const onBar = Math.floor(p / side) === 2 * label + 1;
      images[i * side * side + p] = random.int(onBar ? 256 : 200);
    }
  }
  return [images, labels];
}

/** Writes the four files; the test images are compressed, as downloads often are. */
export async function writeIdxFolder(
  folder: string,
  {
    train = 160,
    test = 60,
    side = 8,
    classes = 4,
    seed = 7,
  }: Partial<Record<'train' | 'test' | 'side' | 'classes' | 'seed', number>> = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = new Random(seed);
  const [trainImages, trainLabels] = pictures(train, side, classes, random.split('train'));
  const [testImages, testLabels] = pictures(test, side, classes, random.split('test'));
  trainLabels[0] = classes - 1;
  await writeFile(join(folder, 'train-images-idx3-ubyte'), idxBytes([train, side, side], trainImages));
  await writeFile(join(folder, 'train-labels-idx1-ubyte'), idxBytes([train], trainLabels));
  await writeFile(
    join(folder, 't10k-images-idx3-ubyte.gz'),
    gzipSync(idxBytes([test, side, side], testImages)),
  );
  await writeFile(join(folder, 't10k-labels-idx1-ubyte'), idxBytes([test], testLabels));
}
