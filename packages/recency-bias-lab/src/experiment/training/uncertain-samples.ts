/** Training samples worth a look at the end of a run, as the report shows them. */
import type { ImageDataset } from '../../data/image-dataset.js';
import { thumbnails } from '../../data/thumbnail.js';
import { SampleTable } from '../../samples/sample-table.js';
import { suspects } from '../../samples/suspects.js';
import type { RunEvent, UncertainSample } from '../../records/schema.js';
import type { RecordingSelector } from '../selection/recording-selector.js';
import type { SamplePictures } from '../state/run-checkpoint.js';
import { mostUncertainIndices } from '../../samples/selection-statistics.js';

/** Number of samples recorded of each kind. */
const SHOWN = 24;

/** Makes the pictures that go with each checkpoint, each once while its sample stays among the most uncertain. */
export class UncertainPictures {
  readonly #dataset: ImageDataset;
  #known = new Map<number, string>();

  constructor(dataset: ImageDataset) {
    this.#dataset = dataset;
  }

  /** Of the samples that are the most uncertain now, most uncertain first. */
  async now({
    history,
    timesDrawn,
  }: Pick<RecordingSelector, 'history' | 'timesDrawn'>): Promise<SamplePictures> {
    const dataset = this.#dataset;
    const indices = mostUncertainIndices(history, timesDrawn, SHOWN);
    const fresh = indices.filter((index) => !this.#known.has(index));
    const made = await thumbnails(dataset, fresh);
    const images = indices.map((index) => this.#known.get(index) ?? made[fresh.indexOf(index)]!);
    this.#known = new Map(indices.map((index, row) => [index, images[row]!]));
    const labels = Int32Array.from(indices, (index) => dataset.train.labels[index]!);
    return { version: 1, indices: Int32Array.from(indices), labels, images };
  }
}

/** The samples at the given indices, with their windows and pictures. */
async function describeSamples(
  { history, timesDrawn }: RecordingSelector,
  dataset: ImageDataset,
  indices: readonly number[],
): Promise<UncertainSample[]> {
  const images = await thumbnails(dataset, indices);
  return indices.map((index, row) => ({
    index,
    label: dataset.train.labels[index]!,
    window: history.labels(index),
    uncertainty: history.uncertainty(index),
    timesDrawn: timesDrawn[index]!,
    image: images[row]!,
  }));
}

/** The most uncertain training samples, most uncertain first, and those whose labels are likely wrong, likeliest first. */
export async function uncertainSamples(
  recorder: RecordingSelector,
  dataset: ImageDataset,
): Promise<Pick<Extract<RunEvent, { type: 'uncertain-samples' }>, 'samples' | 'suspects' | 'suspectCount'>> {
  const { history, timesDrawn } = recorder;
  const samples = await describeSamples(recorder, dataset, mostUncertainIndices(history, timesDrawn, SHOWN));
  const record = recorder.sampleRecord();
  if (record === undefined) return { samples };
  const found = suspects(new SampleTable(record));
  return {
    samples,
    suspects: await describeSamples(recorder, dataset, found.slice(0, SHOWN)),
    suspectCount: found.length,
  };
}
