/** Runs without what reports do not show, so that a report over thousands of runs fits into little memory. */
import { join } from 'node:path';
import { recordedExperimentSchema } from '../records/experiment.js';
import { readRunDirectory } from '../records/read.js';
import { parseJson, readText } from '../records/record-file.js';
import type { Run } from '../records/run.js';
import type { EpochEvent } from '../records/schema.js';
import { shownMoments } from './analysis/selection.js';

/** A run of which parts can be taken away. */
type Held = { -readonly [Key in 'epochs' | 'uncertainSamples' | 'suspects']: Run[Key] };

const NO_COUNTS: readonly number[] = [];

/** The seeds of a comparison in their order; none where its experiment cannot be read, which readComparison says. */
async function seedsOf(dir: string): Promise<readonly number[]> {
  const path = join(dir, 'experiment.json');
  try {
    const { data } = recordedExperimentSchema.safeParse(parseJson((await readText(path)) ?? '{}', path));
    return data?.seeds ?? [];
  } catch {
    return [];
  }
}

/** Epochs of a run, with the losses of the selected samples only where a report shows them. */
function withShownLosses({ header, epochs }: Run): readonly EpochEvent[] {
  const moments = shownMoments(header);
  return epochs.map((event) =>
    moments.some(({ epoch }) => epoch === event.epoch)
      ? event
      : { ...event, selection: { ...event.selection, selectedLossHistogram: NO_COUNTS } },
  );
}

/**
 * A reader of runs for `readComparison` that leaves out most of what a report does not show. Samples are recorded with their pictures;
 * a report shows those of each method's first run that has any, in the order of the seeds. The losses of the selected samples are
 * counted in each epoch; a report shows those of a few moments.
 */
export async function reportedRuns(
  dir: string,
  read: typeof readRunDirectory = readRunDirectory,
): Promise<typeof readRunDirectory> {
  const seeds = await seedsOf(dir);
  const rank = (run: Run): number => (seeds.indexOf(run.header.seed) + seeds.length + 1) % (seeds.length + 1);
  const first = new Map<string, Run>();
  return async (runDir) => {
    const run = await read(runDir);
    if (run === undefined) return undefined;
    (run as Held).epochs = withShownLosses(run);
    if (run.uncertainSamples.length === 0 && run.suspects === undefined) return run;
    const { selector } = run.header;
    const held = first.get(selector);
    const isFirst = held === undefined || rank(run) < rank(held);
    const surplus = isFirst ? held : run;
    if (isFirst) first.set(selector, run);
    if (surplus !== undefined) {
      const emptied = surplus as Partial<Held>;
      emptied.uncertainSamples = [];
      delete emptied.suspects;
    }
    return run;
  };
}
