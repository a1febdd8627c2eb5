import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImageDataset, ImageSplit } from './image-dataset.js';
import { correctionsText, parseCorrections, readCorrections, withCorrections } from './label-corrections.js';

const split = (labels: number[], prefix: string) => ({
  size: labels.length,
  images: Uint8Array.from(labels.keys()),
  labels: Int32Array.from(labels),
  files: labels.map((_, i) => `${prefix}/${i}.jpg`),
  hashes: labels.map((_, i) => `${prefix}${i}`),
});
const dataset: ImageDataset = {
  name: 'folder',
  imageShape: [1, 1, 1],
  classes: 3,
  classNames: ['daisy', 'rose', 'constructor'],
  train: split([0, 0, 1, 1, 2], 'train'),
  test: split([0, 1, 2], 'test'),
};
const corrections = (text: string) => parseCorrections(text, 'labels.json');

describe('label corrections', () => {
  it('relabel photos and leave photos out, and change no side of the division', () => {
    const { dataset: corrected, notice } = withCorrections(
      dataset,
      corrections(
        '{"labels": {"train/0.jpg": "rose", "test/2.jpg": "daisy"}, "leaveOut": ["train/2.jpg"], "accepted": ["train/1.jpg"]}',
      ),
    );
    expect([...corrected.train.labels]).toEqual([1, 0, 1, 2]);
    expect([...corrected.train.images]).toEqual([0, 1, 3, 4]);
    expect(corrected.train.files).toEqual(['train/0.jpg', 'train/1.jpg', 'train/3.jpg', 'train/4.jpg']);
    expect(corrected.train.hashes).toEqual(['train0', 'train1', 'train3', 'train4']);
    expect([...corrected.test.labels]).toEqual([0, 1, 0]);
    expect([...dataset.train.labels]).toEqual([0, 0, 1, 1, 2]);
    expect(notice).toBe(
      'labels corrected: 2 relabelled, 1 left out, 1 of them held out, so the accuracy is measured on other labels',
    );
    expect(withCorrections(dataset, corrections('{"labels": {"train/0.jpg": "daisy"}}')).notice).toBe(
      undefined,
    );
  });

  it('are written in one order, and read back', () => {
    const text = correctionsText(
      corrections('{"labels": {"b": "rose", "a": "daisy"}, "leaveOut": ["d", "c"]}'),
    );
    expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"b"'));
    expect(corrections(text)).toEqual({
      version: 1,
      labels: { a: 'daisy', b: 'rose' },
      leaveOut: ['c', 'd'],
      accepted: [],
    });
  });

  it.each([
    [
      '{"labels": {"train/9.jpg": "rose"}}',
      /corrected labels \(--labels\): train\/9.jpg is no training or held-out photo.*train\/0/,
    ],
    ['{"leaveOut": ["rose"]}', /corrected labels \(--labels\): rose is no training or held-out photo/],
    ['{"labels": {"train/0.jpg": "rosee"}}', /corrected labels \(--labels\): train\/0.jpg: .*rosee.*rose/],
    ['{"labels": {"train/0.jpg": "toString"}}', /corrected labels \(--labels\): train\/0.jpg: .*toString/],
    ['{"labels": {"train/4.jpg": "daisy"}}', /they leave no training photo of constructor/],
    ['{"leaveOut": ["test/0.jpg", "test/1.jpg", "test/2.jpg"]}', /they leave no held-out photo/],
  ])('%s is refused by name', (text, message) => {
    expect(() => withCorrections(dataset, corrections(text))).toThrow(message);
  });

  it.each([
    ['{"labels": ', /labels.json: is no file of labels: it is not JSON.*Expected e.g. {"version": 1/],
    ['{"labels": {"a": 1}}', /labels.json: is no file of labels: labels.a: .*expected string/],
    ['{"leave": []}', /labels.json: .*leave/],
    ['{"version": 2}', /labels.json: .*version/],
    ['{"labels": {"a": "rose"}, "leaveOut": ["a"]}', /a is in labels and in leaveOut; keep one/],
    ['{"leaveOut": ["a", "a"]}', /a is twice in leaveOut/],
  ])('%s is no file of labels', (text, message) => {
    expect(() => corrections(text)).toThrow(message);
  });

  it('are of images in files alone, and the file must be there', async () => {
    const train: ImageSplit = { ...dataset.train };
    Reflect.deleteProperty(train, 'files');
    expect(() => withCorrections({ ...dataset, train }, corrections('{}'))).toThrow(/images are no files/);
    const dir = await mkdtemp(join(tmpdir(), 'labels-'));
    await writeFile(join(dir, 'labels.json'), '{"leaveOut": ["a"]}');
    expect(readCorrections(join(dir, 'labels.json')).leaveOut).toEqual(['a']);
    expect(() => readCorrections(join(dir, 'no.json'))).toThrow(/no.json: does not exist/);
    await rm(dir, { recursive: true });
  });
});
