/** The directory of one run within a comparison: what is there, and how the run goes on from it. */
import { join } from 'node:path';
import { checkEpochs, checkHeader, checkLog } from '../../records/check-record.js';
import { readLog } from '../../records/event-log.js';
import { foldEvents, readRunHeader } from '../../records/read.js';
import { RecordError } from '../../ground/record-error.js';
import { readText } from '../../records/record-file.js';
import { RUN_FILES } from '../../records/run-files.js';
import { RunWriter } from '../../records/run-writer.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { canFork, forkWarmup, isObservedBy, readRunCheckpoint } from './run-checkpoint.js';
import type { RunCheckpoint } from './run-checkpoint.js';
import { ownEpochs } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';

/** How a run goes on. */
export type RunStatus =
  /** Nothing is left to do. */
  | { readonly kind: 'complete' }
  /** From its own checkpoint. */
  | { readonly kind: 'resumes'; readonly checkpoint: RunCheckpoint }
  /** From the end of the warm-up that it shares. */
  | { readonly kind: 'forks'; readonly checkpoint: RunCheckpoint }
  /** From the beginning. */
  | { readonly kind: 'fresh' };

/** A run's place in a comparison's directory. */
export class RunDirectory {
  /** Path of the directory. */
  readonly path: string;
  /** Path of the directory of the warm-up that the run forks from; undefined where there is none. */
  readonly warmup: string | undefined;

  /** @param out the comparison's directory */
  constructor(
    out: string,
    private readonly task: RunTask,
    private readonly experiment: ResolvedExperiment,
  ) {
    this.path = join(out, task.id);
    this.warmup = task.kind === 'run' && task.warmup !== undefined ? join(out, task.warmup) : undefined;
  }

  /**
   * Opens the directory for writing.
   * @param force take it from whatever process holds it
   */
  open(force: boolean): Promise<RunWriter> {
    return RunWriter.open(this.path, force);
  }

  /**
   * Whether the run has ended with all of its epochs recorded.
   * @throws RecordError when the record is damaged.
   */
  async hasEnded(): Promise<boolean> {
    const { events } = await readLog(this.path);
    const end = events.at(-1);
    if (end?.type !== 'end') return false;
    const { first, last } = ownEpochs(this.task, this.experiment);
    // A run whose patience ended says so itself.
    const ended = this.experiment.patience === undefined ? last : Math.min(last, end.epochs);
    checkEpochs(this.path, foldEvents(events).epochs, first, ended);
    return true;
  }

  /**
   * How the run goes on. A warm-up is complete only where every selector of the experiment can fork from it, and goes on from its
   * checkpoint only where all of them have observed it.
   * @throws RecordError when the parts of the record are damaged or do not belong together, or the warm-up is not complete or was
   * trained on other data.
   */
  async status(): Promise<RunStatus> {
    const { task, experiment } = this;
    const labels = Object.keys(experiment.selectors);
    if ((await this.hasEnded()) && (task.kind === 'run' || (await canFork(this.path, labels, experiment)))) {
      return { kind: 'complete' };
    }
    const own = await readRunCheckpoint(this.path);
    if (own !== undefined && (task.kind === 'run' || isObservedBy(own, labels))) {
      await this.checkParts(own);
      return { kind: 'resumes', checkpoint: own };
    }
    if (task.kind === 'warmup' || this.warmup === undefined) return { kind: 'fresh' };
    await this.checkWarmupData(this.warmup);
    const checkpoint = await forkWarmup(this.warmup, task.selector, experiment.warmupEpochs);
    return { kind: 'forks', checkpoint };
  }

  private async checkWarmupData(warmup: string): Promise<void> {
    const fingerprint = (await readRunHeader(warmup))?.experiment.dataset?.fingerprint;
    const own = this.experiment.dataset.fingerprint;
    if (fingerprint === undefined || own === undefined || fingerprint === own) return;
    throw new RecordError(
      `${warmup}: was trained on other data than this experiment's; delete it to train it anew`,
    );
  }

  /** Header, log and checkpoint are those of one run, and no epoch is missing that the checkpoint has trained. */
  private async checkParts({ training, logLines, logCheck }: RunCheckpoint): Promise<void> {
    const { events, marks } = await readLog(this.path);
    const header = await readText(join(this.path, RUN_FILES.header));
    if (header !== undefined) checkHeader(this.path, header, events);
    const recorded = foldEvents(events).epochs.filter(({ epoch }) => epoch <= training.epoch);
    checkEpochs(this.path, recorded, ownEpochs(this.task, this.experiment).first, training.epoch);
    const saved =
      logLines === undefined || logCheck === undefined ? undefined : { lines: logLines, check: logCheck };
    checkLog(this.path, marks, saved);
  }
}

/** Whether a run's directory is known to be complete; what is wrong with a damaged one is said when the run is to go on. */
export async function isKnownComplete(directory: RunDirectory): Promise<boolean> {
  try {
    return await directory.hasEnded();
  } catch (error) {
    if (error instanceof RecordError) return false;
    throw error;
  }
}
