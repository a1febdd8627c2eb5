/** The training samples on which the network changes its mind most, as pictures. */
import { PNG } from 'pngjs';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset } from '../data/image-dataset.js';
import type { UncertainSample } from '../records/schema.js';
import type { RecordingSelector } from './recording-selector.js';
import { mostUncertain } from './selection-statistics.js';

/** A PNG of an image of one (grey) or three (RGB) channels, as a data URI. */
export function pngDataUri(
  pixels: Uint8Array,
  [height, width, channels]: ImageDataset['imageShape'],
): string {
  const png = new PNG({ width, height });
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) png.data[4 * i + c] = pixels[i * channels + (channels === 3 ? c : 0)]!;
    png.data[4 * i + 3] = 255;
  }
  const bytes = PNG.sync.write(png, { colorType: channels === 3 ? 2 : 0 });
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

/** The `count` most uncertain training samples with their windows, most uncertain first. */
export async function uncertainSamples(
  recorder: RecordingSelector,
  dataset: ImageDataset,
  count: number,
): Promise<UncertainSample[]> {
  const { history, timesDrawn } = recorder;
  const length = imageLength(dataset);
  const indices = mostUncertain(history, timesDrawn, count);
  const images = await gatherImages(dataset.train, Int32Array.from(indices));
  return indices.map((index, row) => ({
    index,
    label: dataset.train.labels[index]!,
    window: history.labels(index),
    uncertainty: history.uncertainty(index),
    timesDrawn: timesDrawn[index]!,
    image: pngDataUri(images.subarray(row * length, (row + 1) * length), dataset.imageShape),
  }));
}
