/** An experiment on made images, small enough to be trained in the process of a test, on the backend cpu. */
import { Random } from 'recency-bias';
import type { ImageDataset, ImageSplit } from '../../src/data/image-dataset.js';
import { openModel } from '../../src/experiment/prepare/open-model.js';
import type { PreparedExperiment } from '../../src/experiment/prepare/prepare.js';
import { parseExperiment, resolveExperiment } from '../../src/experiment/document/resolve.js';
import { modelContext } from '../../src/experiment/prepare/trained-model.js';

const SIDE = 8;
const TRAIN = 32;
const TEST = 8;

function split(size: number, random: Random): ImageSplit {
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  // The classes differ in brightness.
  const images = Uint8Array.from(
    { length: size * SIDE * SIDE },
    (_, i) => random.int(100) + 120 * labels[Math.trunc(i / (SIDE * SIDE))]!,
  );
  return { size, images, labels };
}

/** @param fields of the experiment, put over two epochs of uniform batches */
export async function smallExperiment(fields: object = {}): Promise<PreparedExperiment> {
  const random = new Random(1);
  const dataset: ImageDataset = {
    name: 'made',
    imageShape: [SIDE, SIDE, 1],
    classes: 2,
    classNames: ['dark', 'light'],
    train: split(TRAIN, random),
    test: split(TEST, random),
  };
  const parsed = parseExperiment({
    dataset: 'mnist',
    model: { name: 'small-cnn', options: { channels: [2] } },
    learningRate: { initial: 0.01, steps: [[1, 0.1]] },
    batchSize: 8,
    epochs: 2,
    selectors: { random: 'uniform' },
    backend: 'cpu',
    ...fields,
  });
  const experiment = resolveExperiment(parsed, { trainSize: TRAIN, testSize: TEST, classes: 2 });
  const opened = await openModel(experiment.model, modelContext({ cache: 'none' }));
  return { experiment, opened, dataset, inputs: new Map(), cache: 'none', notes: [] };
}
