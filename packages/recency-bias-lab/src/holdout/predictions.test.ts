import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpy, wholeNumbers } from '../data/npy.js';
import { predictionsJson, writePredictions } from './predictions.js';

it('predictions are written as NumPy arrays, and as JSON by file without extension, as FiftyOne reads it, with the class said and the label given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'predictions-'));
  try {
    const labels = Int32Array.of(1, 0, 1);
    const train = { size: 3, images: new Uint8Array(3), labels, files: ['x/a.png', 'x/b.png', 'y/a.png'] };
    const probabilities = Float32Array.of(0.25, 0.75, 0.5, 0.5, 0.875, 0.125);
    const dataset = {
      name: 'pixels',
      imageShape: [1, 1, 1] as const,
      classes: 2,
      classNames: ['cat', 'dog'],
      train,
      test: train,
    };
    expect(await writePredictions(folder, { dataset, probabilities })).toEqual([]);
    const array = (await readNpy(join(folder, 'pred_probs.npy')))!;
    expect(array).toMatchObject({ shape: [3, 2], type: '<f4' });
    expect(new Float32Array(Uint8Array.from(array.bytes).buffer)).toEqual(probabilities);
    const path = join(folder, 'labels.npy');
    expect(wholeNumbers((await readNpy(path))!, path)).toEqual(labels);
    // Readers map the data into memory: they begin at a multiple of 64 bytes.
    expect(((await readFile(path)).length - 12) % 64).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'predictions.json'), 'utf8'))).toEqual({
      classes: ['cat', 'dog'],
      labels: {
        'x/a': { label: 'dog', confidence: 0.75, attributes: { given: 'dog' } },
        'x/b': { label: 'cat', confidence: 0.5, attributes: { given: 'cat' } },
        'y/a': { label: 'cat', confidence: 0.875, attributes: { given: 'dog' } },
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('files that only their extension tells apart, which FiftyOne cannot, are left out of the JSON and returned', () => {
  const labels = Int32Array.of(0, 0, 1);
  const train = { size: 3, images: new Uint8Array(3), labels, files: ['a.png', 'b.png', 'a.jpg'] };
  const shape = { name: 'pixels', imageShape: [1, 1, 1] as const, classes: 2, classNames: ['cat', 'dog'] };
  const probabilities = Float32Array.of(0.25, 0.75, 0.5, 0.5, 0.875, 0.125);
  const { text, left } = predictionsJson({ dataset: { ...shape, train, test: train }, probabilities });
  expect(left).toEqual(['a.png', 'a.jpg']);
  expect(Object.keys((JSON.parse(text) as { labels: object }).labels)).toEqual(['b']);
});

it('samples that are no files go by their numbers', () => {
  const train = { size: 2, images: new Uint8Array(2), labels: Int32Array.of(0, 1) };
  const shape = { name: 'pixels', imageShape: [1, 1, 1] as const, classes: 2, classNames: ['cat', 'dog'] };
  const probabilities = Float32Array.of(0.25, 0.75, 0.5, 0.5);
  const { text } = predictionsJson({ dataset: { ...shape, train, test: train }, probabilities });
  expect(Object.keys((JSON.parse(text) as { labels: object }).labels)).toEqual(['0', '1']);
});
