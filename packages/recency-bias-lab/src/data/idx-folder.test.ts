import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idxBytes, writeIdxFolder } from '../../test/support/idx-data.js';
import { readIdxFolder } from './idx-folder.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idx-'));
  await writeIdxFolder(dir, { train: 20, test: 10, side: 8, classes: 3 });
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('readIdxFolder', () => {
  it('reads the four files, and classes from the training labels', async () => {
    const dataset = await readIdxFolder(dir, 'bars');
    expect(dataset).toMatchObject({
      name: 'bars',
      imageShape: [8, 8, 1],
      classes: 3,
      classNames: ['0', '1', '2'],
    });
    expect(dataset.train.size).toBe(20);
    expect(dataset.train.images).toHaveLength(20 * 64);
    expect(dataset.test.labels).toHaveLength(10);
  });

  it('names a file that is missing', async () => {
    await rm(join(dir, 'train-labels-idx1-ubyte'));
    await expect(readIdxFolder(dir, 'bars')).rejects.toThrow(/holds no file train-labels-idx1-ubyte/);
  });

  it('refuses labels that do not match the images in number', async () => {
    await writeFile(join(dir, 'train-labels-idx1-ubyte'), idxBytes([19], new Uint8Array(19).fill(1)));
    await expect(readIdxFolder(dir, 'bars')).rejects.toThrow(/20 training images have 19 labels/);
  });

  it('refuses a test label that no training sample has', async () => {
    const labels = new Uint8Array(10);
    labels[4] = 9;
    await writeFile(join(dir, 't10k-labels-idx1-ubyte'), idxBytes([10], labels));
    await expect(readIdxFolder(dir, 'bars')).rejects.toThrow(/test sample 4 has label 9/);
  });

  it('refuses test images of another shape', async () => {
    await rm(join(dir, 't10k-images-idx3-ubyte.gz'));
    await writeFile(join(dir, 't10k-images-idx3-ubyte'), idxBytes([10, 4, 4], new Uint8Array(160)));
    await expect(readIdxFolder(dir, 'bars')).rejects.toThrow(/test images are 4 x 4, training images 8 x 8/);
  });
});
