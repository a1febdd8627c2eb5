/** `recency-bias data`: what there is, fetching it ahead of time, checking and describing it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { splitMoments } from '../data/image-batches.js';
import type { ImageDataset } from '../data/image-dataset.js';
import { datasetOfWord, datasetRegistry, isInCache } from '../data/registry.js';
import type { DatasetEntry } from '../data/registry.js';
import { cacheFolder, findWrongFile } from '../data/verified-folder.js';
import type { FetchProgress } from '../data/verified-folder.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { loadPlugins } from '../plugins/loaded-plugins.js';
import { parseExperiment } from '../experiment/document/resolve.js';
import { startedAs } from '../ground/command.js';
import { BASELINE_SELECTORS } from '../ground/methods.js';
import { unknownName } from '../ground/suggest.js';
import { CommandError } from './errors.js';
import { largest } from '../ground/extremes.js';

const MEGABYTE = 1e6;

/** Shows a download: a line that updates in a terminal, one line elsewhere, nothing when there is no download. */
export function fetchProgress(stream: NodeJS.WriteStream): {
  update: (progress: FetchProgress) => void;
  skipped: (title: string, reasons: readonly string[]) => void;
  notices: (title: string, notices: readonly string[]) => void;
  end: () => void;
} {
  let source: string | undefined;
  let shownAt = 0;
  return {
    update: (progress) => {
      const { unit = 'bytes', receivedBytes, totalBytes } = progress;
      const isNewSource = source !== progress.source;
      source = progress.source;
      const verb = unit === 'images' ? 'Decoding' : 'Fetching';
      if (!stream.isTTY) {
        if (isNewSource) stream.write(`${verb} ${progress.source}\n`);
        return;
      }
      const now = performance.now();
      const isLast = receivedBytes === totalBytes;
      if (!isNewSource && !isLast && now - shownAt < 100) return;
      shownAt = now;
      const amount = (value: number): string =>
        unit === 'images' ? value.toLocaleString('en') : (value / MEGABYTE).toFixed(1);
      const total = totalBytes === undefined ? '' : ` of ${amount(totalBytes)}`;
      const suffix = unit === 'images' ? '' : ' MB';
      stream.write(`\r\u001b[K${verb} ${progress.source}: ${amount(receivedBytes)}${total}${suffix}`);
    },
    skipped: (title, reasons) => {
      if (source !== undefined && stream.isTTY) stream.write('\n');
      source = undefined;
      const files = reasons.length === 1 ? '1 file is' : `${reasons.length} files are`;
      const lines = reasons.map((reason) => `  - ${reason}\n`);
      stream.write(`${title}: ${files} left out:\n${lines.join('')}`);
    },
    notices: (title, notices) => {
      if (source !== undefined && stream.isTTY) stream.write('\n');
      source = undefined;
      stream.write(notices.map((notice) => `${title}: ${notice}\n`).join(''));
    },
    end: () => {
      if (source !== undefined && stream.isTTY) stream.write('\n');
    },
  };
}

function entryOf(name: string, command: string): DatasetEntry {
  const entry = datasetRegistry.get(name);
  if (entry === undefined)
    throw new CommandError(`data ${command}: ${unknownName(name, [...datasetRegistry.keys()])}`);
  return entry;
}

/** Fetches a data set into the cache. */
export async function pullDataset(name: string, { cache }: { cache?: string }): Promise<void> {
  const entry = entryOf(name, 'pull');
  if (entry.pull === undefined)
    throw new CommandError(`data pull: ${name} is ${entry.title}; there is nothing to fetch`);
  const progress = fetchProgress(process.stderr);
  const folder = await entry.pull({ cache: cacheDirectory(cache), onProgress: progress.update });
  progress.end();
  process.stdout.write(`${name} is in ${folder}\n`);
}

/** Lists the data sets, and which of them are in the cache. */
export function listDatasets({ cache }: { cache?: string } = {}): void {
  for (const entry of datasetRegistry.values()) {
    const { name, title, published } = entry;
    const download = published === undefined ? '' : ` (${published.downloadMegabytes} MB download)`;
    const cached = published !== undefined && isInCache(entry, cacheDirectory(cache));
    process.stdout.write(
      `${pc.bold(name.padEnd(13))}  ${title}${download}${cached ? pc.green(' [in the cache]') : ''}\n`,
    );
  }
}

/**
 * Checks the cached files of one data set, or of all that are there, against their checksums; of photos, whether every one can be
 * read.
 */
export async function verifyDatasets(
  name: string | undefined,
  { cache }: Pick<DescribeFlags, 'cache'>,
): Promise<void> {
  const root = cacheDirectory(cache);
  if (name !== undefined && (name.startsWith('folder:') || (isFolder(name) && !datasetRegistry.has(name)))) {
    const { train, test } = await readDataset(name, { ...(cache !== undefined && { cache }) });
    process.stdout.write(`${name}: all ${train.size + test.size} images can be read\n`);
    return;
  }
  if (name !== undefined) {
    const { files } = entryOf(name, 'verify');
    if (files === undefined) throw new CommandError(`data verify: ${name} is not kept in the cache`);
    if (!existsSync(cacheFolder(files, root))) {
      throw new CommandError(
        `${name}: is not in ${root}; fetch it with \`${startedAs()} data pull ${name}\``,
      );
    }
  }
  const damaged: string[] = [];
  for (const entry of datasetRegistry.values()) {
    const { files } = entry;
    if (files === undefined || (name !== undefined && entry.name !== name)) continue;
    const folder = cacheFolder(files, root);
    if (!existsSync(folder)) continue;
    const wrong = await findWrongFile(folder, files.files);
    if (wrong === undefined)
      process.stdout.write(`${entry.name}: the files in ${folder} are the official ones\n`);
    else {
      damaged.push(
        `${entry.name}: ${join(folder, wrong)} is missing or damaged; fetch it again with \`${startedAs()} data pull ${entry.name}\``,
      );
    }
  }
  if (damaged.length > 0) throw new CommandError(damaged.join('\n'));
}

/** Flags of `data info`. */
export interface DescribeFlags {
  cache?: string;
  dataPath?: string;
  imageSize?: unknown;
  skipUnreadable?: boolean;
}

/** Reads a data set, fetching it first if need be. */
async function readDataset(
  word: string,
  { cache, dataPath, imageSize, skipUnreadable }: DescribeFlags,
): Promise<ImageDataset> {
  const name = isFolder(word) ? datasetOfWord(word) : word;
  await loadPlugins({ dataset: name });
  const { dataset: wanted } = parseExperiment({
    dataset: {
      name,
      ...(dataPath !== undefined && { path: dataPath }),
      ...(imageSize !== undefined && { imageSize }),
      ...(skipUnreadable !== undefined && { skipUnreadable }),
    },
    epochs: 1,
    selectors: BASELINE_SELECTORS,
  });
  const progress = fetchProgress(process.stderr);
  const { dataset } = await loadExperimentData(
    { dataset: wanted },
    {
      cache: cacheDirectory(cache),
      onProgress: progress.update,
      onSkipped: progress.skipped,
      onNotice: progress.notices,
    },
  );
  progress.end();
  return dataset;
}

/** Whether a word names a folder, as opposed to a data set whose name may be misspelt. */
function isFolder(word: string): boolean {
  return statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Says what a data set consists of, reading it. */
export async function describeDataset(word: string, flags: DescribeFlags): Promise<void> {
  const dataset = await readDataset(word, flags);
  const { imageShape, classNames, train, test } = dataset;
  const { mean, std } = await splitMoments(train, imageShape[2]);
  const round = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(', ');
  const count = (labels: Int32Array): Int32Array => {
    const counts = new Int32Array(classNames.length);
    for (const label of labels) counts[label]!++;
    return counts;
  };
  const [inTrain, inTest] = [count(train.labels), count(test.labels)];
  const width = largest(classNames.map(({ length }) => length));
  const memory =
    train.source === undefined
      ? `${Math.round((train.images.length + test.images.length) / MEGABYTE)} MB in memory`
      : 'decoded on demand';
  const isReduced = train.files !== undefined && flags.imageSize === undefined;
  process.stdout.write(
    [
      `${dataset.name}: ${train.size} training and ${test.size} test images of ${imageShape.join(' x ')}, ${classNames.length} classes`,
      ...(isReduced ? ['photos are read at this size unless --image-size gives another'] : []),
      `mean ${round(mean)}; standard deviation ${round(std)}; ${memory}`,
      ...classNames.map((label, c) => `  ${label.padEnd(width)}  ${inTrain[c]!} + ${inTest[c]!}`),
      '',
    ].join('\n'),
  );
}
