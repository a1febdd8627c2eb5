/** The photos to be looked at, and their pictures. */
import sharp from 'sharp';
import type { FileTree } from '../data/file-tree.js';
import { gatherImages, imageLength } from '../data/image-dataset.js';
import type { ImageDataset } from '../data/image-dataset.js';
import type { Insights } from '../insights/insights.js';
import type { ReviewPhoto } from '../report/review-data.js';
import type { LabelCorrections } from '../data/label-corrections.js';
import { decisionOf } from './decisions.js';

/** Longer side of a picture in pixels; smaller photos stay as they are. */
const SIDE = 640;

/** The suspects of a run, likeliest first. */
export function suspectPhotos(
  { table, dataset, galleries, likely }: Insights,
  corrections: LabelCorrections,
): ReviewPhoto[] {
  const { indices } = galleries.find(({ id }) => id === 'suspects')!;
  return indices.map((index) => {
    const { label, share } = table.verdict(index);
    const file = dataset.train.files![index]!;
    return {
      ...{ index, file, says: label, share },
      label: table.labels[index]!,
      isLikely: likely.has(index),
      confidence: table.confidence(index) ?? 0,
      window: table.window(index),
      decision: decisionOf(corrections, file),
    };
  });
}

/** The picture of a training photo as a JPEG: of its file, or where that cannot be read by itself, as it was trained on. */
export async function pictureOf(
  dataset: ImageDataset,
  tree: FileTree | undefined,
  index: number,
): Promise<Uint8Array> {
  const file = dataset.train.files![index]!;
  const small = { width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true } as const;
  if (tree?.readOne !== undefined) {
    return sharp(await tree.readOne(file))
      .rotate()
      .resize(small)
      .jpeg({ quality: 88 })
      .toBuffer();
  }
  const [height, width, channels] = dataset.imageShape;
  const pixels = await gatherImages(dataset.train, Int32Array.of(index));
  const raw = { height, width, channels: channels === 1 ? 1 : 3 } as const;
  return sharp(pixels.subarray(0, imageLength(dataset)), { raw })
    .resize(small)
    .jpeg({ quality: 88 })
    .toBuffer();
}
