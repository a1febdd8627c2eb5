/**
 * Keeps what reports need of comparisons' complete runs in records/: settings and events, without weights and without the pixels of
 * anybody's data. Runs that are kept already stay, but for those of the same names.
 *
 *     npm run keep-record -- runs/quick [runs/other ...]
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readKeptRuns, writeKeptRuns } from '../packages/recency-bias-lab/src/records/kept.js';
import type { RunRecord } from '../packages/recency-bias-lab/src/records/kept.js';
import { readEvents, readRunHeader } from '../packages/recency-bias-lab/src/records/read.js';

const RECORDS = 'records';

/** The complete runs of a comparison directory, and how many runs it has. */
async function readComplete(source: string): Promise<{ complete: RunRecord[]; runs: number }> {
  const complete: RunRecord[] = [];
  let runs = 0;
  const entries = await readdir(source, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const header = await readRunHeader(join(source, name));
    if (header === undefined) continue;
    runs++;
    const events = await readEvents(join(source, name));
    if (events.at(-1)?.type === 'end') complete.push({ header, events });
  }
  return { complete, runs };
}

/** Keeps each of the comparison directories under its own name. */
export async function run(...sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    const target = join(RECORDS, basename(resolve(source)));
    const { complete, runs } = await readComplete(source);
    if (complete.length > 0) {
      const isNew = new Set(complete.map(({ header }) => header.id));
      const others = (await readKeptRuns(target)).filter(({ header }) => !isNew.has(header.id));
      const experiment = await readFile(join(source, 'experiment.json'), 'utf8');
      const records = [...others, ...complete].sort((a, b) => (a.header.id < b.header.id ? -1 : 1));
      await writeKeptRuns(target, experiment, records);
    }
    console.log(`${target}: ${complete.length} complete runs of ${runs} kept`);
  }
}
