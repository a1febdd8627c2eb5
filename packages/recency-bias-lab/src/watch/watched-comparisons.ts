/** Reads the comparisons of folders again and again, and of their runs only those whose files have changed. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordError } from '../ground/record-error.js';
import { mergeComparisons } from '../records/merge.js';
import { readComparison, readRunDirectory } from '../records/read.js';
import { RUN_FILES } from '../records/run-files.js';
import type { Comparison, Run } from '../records/run.js';

/** The comparisons in the folders at a moment. */
export interface Watched {
  readonly comparisons: readonly Comparison[];
  /** Files that cannot be read at the moment, in words: of a folder that is being copied, the half that is there. */
  readonly problems: readonly string[];
}

/** A run as last read. */
interface Known {
  /** Sizes and times of its files. */
  readonly mark: string;
  readonly run: Run | undefined;
  readonly problem: string | undefined;
}

/** Size and time of a file; copies keep the time, so both count. Empty where there is none. */
async function markOf(path: string): Promise<string> {
  return stat(path).then(
    ({ size, mtimeMs, ino }) => `${size}:${mtimeMs}:${ino}`,
    () => '',
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof RecordError) return error.message;
  throw error;
}

/** The comparisons of some folders over time. */
export class WatchedComparisons {
  readonly #dirs: readonly string[];
  readonly #runs = new Map<string, Known>();

  /** @param dirs comparison directories; the folder of a comparison that has yet to begin may be missing */
  constructor(dirs: readonly string[]) {
    this.#dirs = dirs;
  }

  /**
   * Says whether anything has changed without reading it: equal marks mean equal records. Files are asked for instead of watched, since
   * folders on other machines tell of no changes.
   */
  async mark(): Promise<string> {
    const marks = await Promise.all(
      this.#dirs.map(async (dir) => {
        const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
        const runs = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
        const files = ['experiment.json', RUN_FILES.events].map((name) => markOf(join(dir, name)));
        return (await Promise.all([...files, ...runs.map((run) => this.#markOfRun(run))])).join('|');
      }),
    );
    return marks.join('\n');
  }

  async #markOfRun(runDir: string): Promise<string> {
    const { header, events, checkpoint } = RUN_FILES;
    return (await Promise.all([header, events, checkpoint].map((name) => markOf(join(runDir, name))))).join();
  }

  /** Reads the folders; a run that cannot be read is shown as it was when it last could. */
  async read(): Promise<Watched> {
    const problems: string[] = [];
    const comparisons: Comparison[] = [];
    for (const dir of this.#dirs) {
      // A folder that is not there yet is waited for.
      if (!existsSync(dir)) continue;
      try {
        comparisons.push(await readComparison(dir, (runDir) => this.#readRun(runDir, problems)));
      } catch (error) {
        problems.push(wordsOf(error));
      }
    }
    try {
      return { comparisons: mergeComparisons(comparisons), problems };
    } catch (error) {
      return { comparisons, problems: [...problems, wordsOf(error)] };
    }
  }

  async #readRun(runDir: string, problems: string[]): Promise<Run | undefined> {
    const marks = await Promise.all(
      [RUN_FILES.header, RUN_FILES.events].map((name) => markOf(join(runDir, name))),
    );
    const mark = marks.join();
    const known = this.#runs.get(runDir);
    const read = known?.mark === mark ? known : await this.#readAnew(runDir, mark, known);
    if (read.problem !== undefined) problems.push(read.problem);
    return read.run;
  }

  async #readAnew(runDir: string, mark: string, known: Known | undefined): Promise<Known> {
    let read: Known;
    try {
      const run = await readRunDirectory(runDir);
      read = { mark, run: run && withoutInsights(run), problem: undefined };
    } catch (error) {
      read = { mark, run: known?.run, problem: wordsOf(error) };
    }
    this.#runs.set(runDir, read);
    return read;
  }
}

/** The page that is fed serves nothing but itself. */
function withoutInsights(run: Run): Run {
  const { header, epochs, uncertainSamples, suspects, complete } = run;
  return { header, epochs, uncertainSamples, complete, ...(suspects && { suspects }) };
}
