/** Runs without what reports do not show, so that a report over thousands of runs fits into little memory. */
import { join } from 'node:path';
import { readRunDirectory } from '../records/read.js';
import { readText } from '../records/record-file.js';
import type { Run } from '../records/run.js';

/** A run of which the samples can be taken away. */
type Held = { -readonly [Key in 'uncertainSamples' | 'suspects']: Run[Key] };

/** The seeds of a comparison in their order; none where its experiment cannot be read, which readComparison says. */
async function seedsOf(dir: string): Promise<readonly unknown[]> {
  try {
    const { seeds } = JSON.parse((await readText(join(dir, 'experiment.json'))) ?? '{}') as {
      seeds?: unknown;
    };
    return Array.isArray(seeds) ? (seeds as unknown[]) : [];
  } catch {
    return [];
  }
}

/**
 * A reader of runs for `readComparison`. Samples are recorded with their pictures; a report shows those of each method's first run
 * that has any, in the order of the seeds, so the other runs are handed over without.
 */
export async function firstSamples(
  dir: string,
  read: typeof readRunDirectory = readRunDirectory,
): Promise<typeof readRunDirectory> {
  const seeds = await seedsOf(dir);
  const rank = (run: Run): number => (seeds.indexOf(run.header.seed) + seeds.length + 1) % (seeds.length + 1);
  const first = new Map<string, Run>();
  return async (runDir) => {
    const run = await read(runDir);
    if (run === undefined || (run.uncertainSamples.length === 0 && run.suspects === undefined)) return run;
    const { selector } = run.header;
    const held = first.get(selector);
    const isFirst = held === undefined || rank(run) < rank(held);
    const surplus = isFirst ? held : run;
    if (isFirst) first.set(selector, run);
    if (surplus !== undefined) {
      const emptied = surplus as unknown as Partial<Held>;
      emptied.uncertainSamples = [];
      delete emptied.suspects;
    }
    return run;
  };
}
