/** The weights of a run's best epoch and its answers: best.bin of its directory. */
import { join } from 'node:path';
import type { StateDict } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { RecordError } from '../../ground/record-error.js';
import { RUN_FILES } from '../../records/run-files.js';
import type { RunWriter } from '../../records/run-writer.js';
import { readStateFile } from '../../records/state-file.js';

/** Weights, the epoch after which they were so, and what they are worth. */
export interface BestEpoch extends StateDict {
  readonly version: 1;
  /** 1-based. */
  readonly epoch: number;
  /** On the held-out samples, which chose this epoch. */
  readonly testError: number;
  readonly weights: TrainingState['weights'];
  /** For the held-out samples; absent from records of earlier versions. */
  readonly answers?: Answers;
}

/** The answer for each held-out sample. */
export interface Answers extends StateDict {
  readonly version: 1;
  readonly predicted: Int32Array;
  /** Of the predicted class, in [0, 1]. */
  readonly probability: Float32Array;
}

function isAnswers(value: unknown): value is Answers {
  const { version, predicted, probability } = value as Partial<Answers>;
  return (
    version === 1 &&
    predicted instanceof Int32Array &&
    probability instanceof Float32Array &&
    predicted.length === probability.length
  );
}

function isBestEpoch(state: StateDict): state is BestEpoch {
  const { version, testError, weights, answers } = state;
  const isWhole = version === 1 && typeof testError === 'number' && Array.isArray(weights);
  return isWhole && (answers === undefined || (answers !== null && isAnswers(answers)));
}

/**
 * Reads the best epoch so far of a run directory; undefined when there is none.
 * @throws RecordError when the file is damaged.
 */
export async function readBestEpoch(dir: string): Promise<BestEpoch | undefined> {
  const path = join(dir, RUN_FILES.best);
  const remedy = 'delete it, and the run to train it anew';
  const state = await readStateFile(path, remedy);
  if (state === undefined || isBestEpoch(state)) return state;
  throw new RecordError(`${path}: is damaged (it holds something else); ${remedy}`);
}

/** Keeps the weights of the epoch with the lowest test error, of equals the first. */
export class BestWeights {
  readonly #writer: RunWriter;
  #best: { readonly epoch: number; readonly testError: number } | undefined;

  private constructor(writer: RunWriter, best: BestEpoch | undefined) {
    this.#writer = writer;
    this.#best = best;
  }

  /**
   * Goes on with what a run directory holds.
   * @param writer the run's record
   * @param from the directory of the warm-up that the run forks from, whose epochs count as well
   */
  static async open(writer: RunWriter, from: string | undefined): Promise<BestWeights> {
    const own = await readBestEpoch(writer.dir);
    if (own !== undefined || from === undefined) return new BestWeights(writer, own);
    const shared = await readBestEpoch(from);
    const best = new BestWeights(writer, shared);
    if (shared !== undefined) await best.#write(shared);
    return best;
  }

  /** The best epoch so far; undefined before the first. */
  get best(): { readonly epoch: number; readonly testError: number } | undefined {
    return this.#best;
  }

  /** Writes the weights down if they are the best so far, or are those written down before an interruption. */
  async consider(
    epoch: number,
    testError: number,
    weights: () => Promise<TrainingState['weights']>,
    answers?: Answers,
  ): Promise<void> {
    const best = this.#best;
    if (best !== undefined && testError >= best.testError && epoch !== best.epoch) return;
    await this.#write({
      ...{ version: 1, epoch, testError, weights: await weights() },
      ...(answers !== undefined && { answers }),
    });
  }

  async #write(best: BestEpoch): Promise<void> {
    await this.#writer.write('best', best);
    this.#best = { epoch: best.epoch, testError: best.testError };
  }
}
