import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpy, wholeNumbers } from '../data/npy.js';
import { writePredictions } from './predictions.js';

it('predictions are written as NumPy arrays, and as JSON by file with the class said and the label given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'predictions-'));
  try {
    const labels = Int32Array.of(1, 0, 1);
    const train = { size: 3, images: new Uint8Array(3), labels, files: ['a.png', 'b.png', 'c.png'] };
    const probabilities = Float32Array.of(0.25, 0.75, 0.5, 0.5, 0.875, 0.125);
    const dataset = {
      name: 'pixels',
      imageShape: [1, 1, 1] as const,
      classes: 2,
      classNames: ['cat', 'dog'],
      train,
      test: train,
    };
    await writePredictions(folder, { dataset, probabilities });
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
        'a.png': { label: 'dog', confidence: 0.75, attributes: { given: 'dog' } },
        'b.png': { label: 'cat', confidence: 0.5, attributes: { given: 'cat' } },
        'c.png': { label: 'cat', confidence: 0.875, attributes: { given: 'dog' } },
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
