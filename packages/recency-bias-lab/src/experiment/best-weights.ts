/** The weights of a run's best epoch: best.bin of its directory. */
import { join } from 'node:path';
import { encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import type { TrainingState } from 'recency-bias/tfjs';
import { RecordError } from '../records/read.js';
import { replaceFile } from '../records/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { readStateFile } from '../records/state-file.js';

/** Weights, the epoch after which they were so, and what they are worth. */
export interface BestEpoch extends StateDict {
  readonly version: 1;
  /** 1-based. */
  readonly epoch: number;
  /** On the held-out samples, which chose this epoch. */
  readonly testError: number;
  readonly weights: TrainingState['weights'];
}

const FILE = 'best.bin';

function isBestEpoch(state: StateDict): state is BestEpoch {
  return state.version === 1 && typeof state.testError === 'number' && Array.isArray(state.weights);
}

/**
 * Reads the best epoch so far of a run directory; undefined when there is none.
 * @throws RecordError when the file is damaged.
 */
export async function readBestEpoch(dir: string): Promise<BestEpoch | undefined> {
  const path = join(dir, FILE);
  const remedy = 'delete it, and the run to train it anew';
  const state = await readStateFile(path, remedy);
  if (state === undefined || isBestEpoch(state)) return state;
  throw new RecordError(`${path}: is damaged (it holds something else); ${remedy}`);
}

/** Keeps the weights of the epoch with the lowest test error, of equals the first. */
export class BestWeights {
  readonly #dir: string;
  #best: { readonly epoch: number; readonly testError: number } | undefined;

  private constructor(dir: string, best: BestEpoch | undefined) {
    this.#dir = dir;
    this.#best = best;
  }

  /**
   * Goes on with what a run directory holds.
   * @param from the directory of the warm-up that the run forks from, whose epochs count as well
   */
  static async open(dir: string, from: string | undefined): Promise<BestWeights> {
    const own = await readBestEpoch(dir);
    if (own !== undefined || from === undefined) return new BestWeights(dir, own);
    const shared = await readBestEpoch(from);
    const best = new BestWeights(dir, shared);
    if (shared !== undefined) await best.#write(shared);
    return best;
  }

  /** Writes the weights down if they are the best so far, or are those written down before an interruption. */
  async consider(epoch: number, testError: number, weights: TrainingState['weights']): Promise<void> {
    const best = this.#best;
    if (best !== undefined && testError >= best.testError && epoch !== best.epoch) return;
    await this.#write({ version: 1, epoch, testError, weights });
  }

  async #write(best: BestEpoch): Promise<void> {
    const path = join(this.#dir, FILE);
    try {
      await replaceFile(path, encodeState(best));
    } catch (error) {
      throw writeProblem(error, path);
    }
    this.#best = { epoch: best.epoch, testError: best.testError };
  }
}
