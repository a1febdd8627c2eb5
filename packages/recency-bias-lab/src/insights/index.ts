/** Makes the insights of a run: insights.html, insights.csv and insights.json in its directory. */
import { join } from 'node:path';
import type { ImageDataset } from '../data/image-dataset.js';
import { thumbnails } from '../data/thumbnail.js';
import { writeProblem } from '../records/run-writer.js';
import { readRun, RecordError } from '../records/read.js';
import { addressFrom } from '../ground/page-address.js';
import { replaceFile } from '../ground/replace-file.js';
import { pageScript } from '../report/bundle-client.js';
import { csv, json } from './export.js';
import { insightsOf } from './insights.js';
import type { Insights } from './insights.js';
import { insightsPage } from './page.js';
import { readSamples } from './read-samples.js';
import { LABEL_SCORES } from '../samples/label-scores.js';
import type { LabelScore } from '../samples/label-scores.js';
import type { SampleTable } from '../samples/sample-table.js';
import type { LabelNoise } from '../data/label-noise.js';

/** Refuses data that are not those of the run: the pictures would be of other samples. */
function checkSame(table: SampleTable, { train, name }: ImageDataset, dir: string): void {
  const problem =
    table.size !== train.size
      ? `it has ${train.size} training samples now, the run had ${table.size}`
      : table.labels.every((label, index) => label === train.labels[index])
        ? undefined
        : 'its labels or their order are not those of the run';
  if (problem === undefined) return;
  throw new RecordError(
    `${dir}: the data set ${name} has changed since the run: ${problem}; give the unchanged one with --data-path`,
  );
}

/**
 * Reads what a run knows of its samples, also when it has not ended.
 * @param dataset the data that the experiment of the run names, wrong labels included
 * @param rank what orders the suspects; default `confidence`
 * @throws RecordError when there is no run, or one without records of its samples, or its data have changed
 */
export async function readInsights(
  runDir: string,
  dataset: ImageDataset,
  labelNoise: LabelNoise | undefined,
  rank?: LabelScore,
): Promise<Insights> {
  const { header, complete, epochs } = await readRun(runDir);
  const last = epochs.at(-1);
  const accuracy = last === undefined ? undefined : 1 - last.testError;
  const table = await readSamples(runDir, dataset.train.labels);
  checkSame(table, dataset, runDir);
  const isKnown =
    rank === undefined || table.labels.some((_, index) => LABEL_SCORES[rank](table, index) !== null);
  if (!isKnown) {
    throw new RecordError(
      `${runDir}: does not record what orders by ${rank}: an earlier version made it; train it anew, or order by confidence or loss`,
    );
  }
  return insightsOf({ header, complete, table, dataset, labelNoise, rank, accuracy });
}

/**
 * Writes the page and the exports, each replaced atomically.
 * @param shown samples in each gallery of the page, at most
 * @param folder in which the photos lie as files; default: in none
 * @returns path of the page
 */
export async function writeInsights(
  runDir: string,
  insights: Insights,
  shown: number,
  folder?: string,
): Promise<string> {
  const { files } = insights.dataset.train;
  const photo =
    folder === undefined || files === undefined
      ? undefined
      : (index: number) => addressFrom(runDir, join(folder, files[index]!));
  const images: string[][] = [];
  for (const { indices } of insights.galleries) {
    images.push(await thumbnails(insights.dataset, indices.slice(0, shown)));
  }
  const page = join(runDir, 'insights.html');
  try {
    await replaceFile(join(runDir, 'insights.csv'), csv(insights));
    await replaceFile(join(runDir, 'insights.json'), json(insights));
    await replaceFile(page, insightsPage(insights, { images, script: await pageScript('enlarge'), photo }));
  } catch (error) {
    throw writeProblem(error, runDir);
  }
  return page;
}
