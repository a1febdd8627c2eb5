/** `recency-bias data`: what there is, and fetching it ahead of time. */
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import type { FetchProgress } from '../data/verified-folder.js';
import { datasetRegistry } from '../data/registry.js';
import { unknownName } from '../experiment/suggest.js';
import { CommandError } from './errors.js';

const MEGABYTE = 1e6;

/** Shows a download: a line that updates in a terminal, one line elsewhere, nothing when there is no download. */
export function fetchProgress(stream: NodeJS.WriteStream): {
  update: (progress: FetchProgress) => void;
  end: () => void;
} {
  let source: string | undefined;
  let shownAt = 0;
  return {
    update: (progress) => {
      const isNewSource = source !== progress.source;
      source = progress.source;
      if (!stream.isTTY) {
        if (isNewSource) stream.write(`Fetching ${progress.source}\n`);
        return;
      }
      const now = performance.now();
      const isLast = progress.receivedBytes === progress.totalBytes;
      if (!isNewSource && !isLast && now - shownAt < 100) return;
      shownAt = now;
      const received = (progress.receivedBytes / MEGABYTE).toFixed(1);
      const total =
        progress.totalBytes === undefined ? '' : ` of ${(progress.totalBytes / MEGABYTE).toFixed(1)}`;
      stream.write(`\r\u001b[KFetching ${progress.source}: ${received}${total} MB`);
    },
    end: () => {
      if (source !== undefined && stream.isTTY) stream.write('\n');
    },
  };
}

/** Fetches a data set into the cache. */
export async function pullDataset(name: string, { cache }: { cache?: string }): Promise<void> {
  const entry = datasetRegistry.get(name);
  if (entry === undefined)
    throw new CommandError(`data pull: ${unknownName(name, [...datasetRegistry.keys()])}`);
  if (entry.pull === undefined)
    throw new CommandError(`data pull: ${name} is ${entry.title}; there is nothing to fetch`);
  const progress = fetchProgress(process.stderr);
  const folder = await entry.pull({ cache: cacheDirectory(cache), onProgress: progress.update });
  progress.end();
  process.stdout.write(`${name} is in ${folder}\n`);
}

/** Lists the data sets. */
export function listDatasets(): void {
  for (const { name, title } of datasetRegistry.values()) {
    process.stdout.write(`${pc.bold(name.padEnd(13))}  ${title}\n`);
  }
}
