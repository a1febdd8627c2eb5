/** Writes what is known of a classifier of photos: held-out.json in its record, and photos.html. */
import { join } from 'node:path';
import type { ImageDataset } from '../data/image-dataset.js';
import { thumbnails } from '../data/thumbnail.js';
import { replaceFile } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { findDuplicates } from './duplicates.js';
import { wrongPhotos } from './held-out.js';
import type { HeldOutPhoto } from './held-out.js';
import { photoReportPage } from './page.js';
import type { PhotoReport } from './page.js';

export type { HeldOutPhoto } from './held-out.js';

/** Version of held-out.json. */
const HELD_OUT_VERSION = 1;
/** Wrong photos on the page. */
const SHOWN = 40;

/**
 * Writes both files into a directory, each replaced atomically.
 * @param photos the answer for each held-out photo of `dataset`
 * @returns path of the page
 * @throws RecordError when they cannot be written.
 */
export async function writePhotoReport(
  dir: string,
  dataset: ImageDataset,
  photos: readonly HeldOutPhoto[],
  about: Pick<PhotoReport, 'title' | 'curve' | 'epoch' | 'command'>,
): Promise<string> {
  const { classNames, train, test } = dataset;
  const wrong = wrongPhotos(photos);
  const shown = wrong.slice(0, SHOWN);
  const pictures = await thumbnails(
    { ...dataset, train: test },
    shown.map(({ index }) => index),
  );
  const trained = new Array<number>(dataset.classes).fill(0);
  for (const label of train.labels) trained[label]!++;
  const page = photoReportPage({
    ...about,
    ...{ classNames, photos, trained, pictures, wrong: shown },
    wrongCount: wrong.length,
    duplicates: await findDuplicates(dataset),
  });
  const path = join(dir, 'photos.html');
  const record = { version: HELD_OUT_VERSION, epoch: about.epoch, classes: classNames, photos };
  try {
    await replaceFile(join(dir, 'held-out.json'), `${JSON.stringify(record)}\n`);
    await replaceFile(path, page);
  } catch (error) {
    throw writeProblem(error, dir);
  }
  return path;
}
