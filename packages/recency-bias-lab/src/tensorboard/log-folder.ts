/** A log folder of TensorBoard: one folder a run, one event file in each. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';
import { readRun } from '../records/read.js';
import type { Comparison, Run } from '../records/run.js';
import type { EpochEvent, RunHeader } from '../records/schema.js';
import { closingEvent, comparisonEvents, epochEvent, runEvents } from './run-events.js';

/** An event file in a folder; the same for the same beginning, so that it is replaced and not repeated. */
function eventFile(folder: string, { startedAt }: RunHeader): string {
  return join(folder, `events.out.tfevents.${Math.floor(Date.parse(startedAt) / 1000)}.recency-bias`);
}

async function writeEvents(path: string, folder: string, events: readonly Uint8Array[]): Promise<void> {
  await makeDirectory(folder);
  await replaceFile(path, Buffer.concat(events));
}

/** Writes a run, complete or not. */
async function exportRun(run: Run, out: string): Promise<string> {
  const folder = join(out, run.header.id);
  const path = eventFile(folder, run.header);
  await writeEvents(path, folder, runEvents(run));
  return path;
}

/**
 * Writes the runs of a comparison, complete or not, and what hyperparameters they have.
 * @param out the log folder, as `tensorboard --logdir` takes it
 */
export async function exportComparison(
  { runs, warmups }: Pick<Comparison, 'runs' | 'warmups'>,
  out: string,
): Promise<void> {
  for (const run of [...warmups, ...runs]) await exportRun(run, out);
  const [first] = runs;
  if (first === undefined) return;
  const headers = runs.map(({ header }) => header);
  await writeEvents(eventFile(out, first.header), out, comparisonEvents(headers));
}

/** The event file of a run that is being trained: begun with what is recorded, then added to. */
export class LiveEvents {
  readonly #dir: string;
  readonly #out: string;
  #path: string | undefined;
  #header: RunHeader | undefined;
  #last: EpochEvent | undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param dir directory of the run
   * @param out the log folder
   */
  constructor(dir: string, out: string) {
    this.#dir = dir;
    this.#out = out;
  }

  /** Adds an epoch that was recorded. */
  add(event: EpochEvent): void {
    this.#last = event;
    this.#writing = this.#writing.then(async () => {
      if (this.#path !== undefined) return appendFile(this.#path, epochEvent(event));
      const run = await readRun(this.#dir);
      this.#header = run.header;
      this.#path = await exportRun(
        { ...run, complete: false, epochs: run.epochs.filter(({ epoch }) => epoch <= event.epoch) },
        this.#out,
      );
    });
    this.#writing.catch(() => undefined); // said by `end`
  }

  /**
   * Waits for what is being written.
   * @param complete whether the run has ended
   */
  async end(complete: boolean): Promise<void> {
    await this.#writing;
    const isRun = this.#header?.kind === 'run' && this.#last !== undefined;
    if (isRun && complete && this.#path !== undefined)
      await appendFile(this.#path, closingEvent(this.#last!));
  }
}
