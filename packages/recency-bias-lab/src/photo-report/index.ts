/** Writes what is known of a classifier of photos: held-out.json in its record, and photos.html. */
import { join } from 'node:path';
import type { ImageDataset } from '../data/image-dataset.js';
import { thumbnails } from '../data/thumbnail.js';
import { addressFrom } from '../ground/page-address.js';
import { replaceFile } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { pageScript } from '../report/bundle-client.js';
import { findDuplicates } from './duplicates.js';
import type { PhotoPlace } from './duplicates.js';
import { wrongPhotos } from './held-out.js';
import type { HeldOutPhoto } from './held-out.js';
import { photoReportPage } from './page.js';
import type { PhotoReport } from './page.js';

export type { HeldOutPhoto } from './held-out.js';

/** Version of held-out.json. */
const HELD_OUT_VERSION = 1;
/** Wrong photos, and pairs of photos that are alike, on the page. */
const SHOWN = { wrong: 40, pairs: 30 } as const;

/** Pictures of photos, held-out or not, in their order. */
async function picturesOf(dataset: ImageDataset, places: readonly PhotoPlace[]): Promise<string[]> {
  const made = new Map<PhotoPlace, string>();
  for (const heldOut of [true, false]) {
    const photos = places.filter(({ isHeldOut }) => isHeldOut === heldOut);
    const split = heldOut ? { ...dataset, train: dataset.test } : dataset;
    const pictures = await thumbnails(
      split,
      photos.map(({ index }) => index),
    );
    for (const [i, photo] of photos.entries()) made.set(photo, pictures[i]!);
  }
  return places.map((place) => made.get(place)!);
}

/**
 * Writes both files into a directory, each replaced atomically.
 * @param photos the answer for each held-out photo of `dataset`
 * @param folder in which the photos lie as files; default: in none
 * @returns path of the page
 * @throws RecordError when they cannot be written.
 */
export async function writePhotoReport(
  dir: string,
  dataset: ImageDataset,
  photos: readonly HeldOutPhoto[],
  about: Pick<PhotoReport, 'title' | 'curve' | 'epoch' | 'command'>,
  folder?: string,
): Promise<string> {
  const { classNames, train } = dataset;
  const wrong = wrongPhotos(photos);
  const shownWrong = wrong.slice(0, SHOWN.wrong).map((photo) => ({ ...photo, isHeldOut: true }));
  const duplicates = await findDuplicates(dataset);
  const shownPairs = (duplicates ?? []).slice(0, SHOWN.pairs);
  const places = [...shownWrong, ...shownPairs.flatMap(({ first, second }) => [first, second])];
  const pictures = new Map((await picturesOf(dataset, places)).map((picture, i) => [places[i]!, picture]));
  const trained = new Array<number>(dataset.classes).fill(0);
  for (const label of train.labels) trained[label]!++;
  const page = photoReportPage({
    ...about,
    ...{ classNames, photos, trained, duplicates, shownPairs },
    wrong: shownWrong,
    wrongCount: wrong.length,
    picture: (place) => pictures.get(place)!,
    address: (file) => (folder === undefined ? undefined : addressFrom(dir, join(folder, file))),
    script: await pageScript('enlarge'),
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
