import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from './idx.js';
import { readNpyFolder } from './npy-folder.js';

/** A file of `numpy.save`, format version 1.0. */
function npy(type: string, shape: readonly number[], bytes: Uint8Array, order = 'False'): Buffer {
  const dict = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${dict.padEnd(117)}\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY', 'latin1');
  head[6] = 1;
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), bytes]);
}

const images = (samples: number): Uint8Array => Uint8Array.from({ length: 4 * samples }, (_, i) => i % 251);
const int64 = (values: readonly number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(values, BigInt).buffer);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'npy-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});
const write = (name: string, content: Uint8Array): Promise<void> => writeFile(join(dir, name), content);

describe('npy:', () => {
  it('reads images and labels to train and to test on', async () => {
    await write('images.npy', npy('|u1', [3, 2, 2], images(3)));
    await write('labels.npy', npy('<i8', [3], int64([0, 2, 1])));
    await write('test_images.npy', npy('|u1', [1, 2, 2], images(1)));
    await write('test_labels.npy', npy('>u2', [1], Uint8Array.of(0, 2)));
    const { imageShape, classNames, train, test } = await readNpyFolder(dir, {});
    expect({ imageShape, classNames }).toEqual({ imageShape: [2, 2, 1], classNames: ['0', '1', '2'] });
    expect([...train.images]).toEqual([...images(3)]);
    expect([...train.labels, ...test.labels]).toEqual([0, 2, 1, 2]);
  });

  it('holds a share of each class out where there are no test files, the same each time', async () => {
    await write('images.npy', npy('|u1', [20, 2, 2, 1], images(20)));
    await write(
      'labels.npy',
      npy(
        '|u1',
        [20],
        Uint8Array.from({ length: 20 }, (_, i) => i % 2),
      ),
    );
    const { train, test } = await readNpyFolder(dir, { testShare: 0.2 });
    expect([train.size, test.size]).toEqual([16, 4]);
    expect([...test.labels].sort()).toEqual([0, 0, 1, 1]);
    expect([...(await readNpyFolder(dir, { testShare: 0.2 })).test.images]).toEqual([...test.images]);
    expect([...(await readNpyFolder(dir, { testShare: 0.2, splitSeed: 1 })).test.images]).not.toEqual([
      ...test.images,
    ]);
  });

  it.each([
    ['no files', {}, /holds no images\.npy and labels\.npy/],
    ['images alone', { 'images.npy': npy('|u1', [1, 2, 2], images(1)) }, /labels\.npy: does not exist/],
    [
      'no NumPy array',
      { 'images.npy': Buffer.from('hello, this is text') },
      /images\.npy: is no NumPy array; save the array with numpy\.save/,
    ],
    [
      'floats',
      { 'images.npy': npy('<f4', [1, 2, 2], new Uint8Array(16)) },
      /images\.npy: .*<f4; expected pixels .*astype\("uint8"\)/,
    ],
    ['a vector', { 'images.npy': npy('|u1', [4], images(1)) }, /images\.npy: has the shape \(4\)/],
    [
      'column order',
      { 'images.npy': npy('|u1', [1, 2, 2], images(1), 'True') },
      /images\.npy: is in column order/,
    ],
    [
      'a cut file',
      { 'images.npy': npy('|u1', [2, 2, 2], images(1)) },
      /images\.npy: has 4 bytes of data where its header says 8/,
    ],
    [
      'float labels',
      { 'images.npy': npy('|u1', [1, 2, 2], images(1)), 'labels.npy': npy('<f8', [1], new Uint8Array(8)) },
      /labels\.npy: holds elements of type <f8/,
    ],
    [
      'too few labels',
      { 'images.npy': npy('|u1', [2, 2, 2], images(2)), 'labels.npy': npy('<i8', [1], int64([0])) },
      /labels\.npy: has the shape \(1\) for 2 images/,
    ],
    [
      'a negative label',
      { 'images.npy': npy('|u1', [2, 2, 2], images(2)), 'labels.npy': npy('<i8', [2], int64([0, -1])) },
      /labels\.npy: the label of sample 1 is -1/,
    ],
    [
      'a lone sample',
      { 'images.npy': npy('|u1', [3, 2, 2], images(3)), 'labels.npy': npy('<i8', [3], int64([0, 0, 1])) },
      /the class 1 has 1 samples/,
    ],
  ])('refuses %s in a line', async (_, files: Record<string, Buffer>, line) => {
    const whole = { 'labels.npy': npy('<i8', [1], int64([0])), ...files };
    const given = Object.keys(files).length === 0 || _ === 'images alone' ? files : whole;
    for (const [name, content] of Object.entries(given)) await write(name, content);
    const reading = readNpyFolder(dir, {});
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(line);
  });
});
