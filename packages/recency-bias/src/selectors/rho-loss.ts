import { EpochProgress, checkRun } from '../core/epoch.js';
import { checkIndices, checkLoss } from '../core/observation.js';
import { DistinctUniform } from '../core/sampling/distinct.js';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readState, readVersion } from '../core/state-fields.js';
import { checkInteger, checkKeys, show } from '../core/validate.js';

/** Options of `rhoLoss`. */
export interface RhoLossOptions {
  /**
   * The irreducible loss of each sample, in the order of the data: its loss under a model trained on held-out data. An array
   * (plain JSON) or a typed array of finite numbers, one a sample. Required.
   */
  readonly irreducibleLosses: readonly number[] | Float32Array | Float64Array | null;
  /** Candidates scored for each sample trained, n_B / b; at least 1. Default 10. */
  readonly candidates?: number;
}

export const rhoLossDefaults = {
  irreducibleLosses: null,
  candidates: 10,
} as const satisfies Required<RhoLossOptions>;

/**
 * RHO-LOSS: of a large random batch, trains the samples with the highest reducible holdout loss, L_i − IL_i: learnable,
 * worth learning and not yet learnt (Mindermann et al., ICML 2022, arXiv 2206.07137). An epoch is as many samples as there
 * are data, in which `candidates` times as many are scored. Needs the signal `loss` and a scorer.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when there is not one irreducible
 *   loss a sample
 */
export function rhoLoss(options: RhoLossOptions): SelectorFactory<'loss', RhoLossSelector> {
  checkKeys('rhoLoss', options, Object.keys(rhoLossDefaults));
  const irreducible = checkIrreducible(options.irreducibleLosses);
  const candidates = checkInteger(
    'rhoLoss: candidates',
    options.candidates ?? rhoLossDefaults.candidates,
    1,
    1e6,
  );
  return (run) => new RhoLossSelector(run, irreducible, candidates);
}

/** A copy of the irreducible losses. */
function checkIrreducible(given: unknown): Float64Array {
  if (!(Array.isArray(given) || given instanceof Float32Array || given instanceof Float64Array)) {
    throw new TypeError(
      `rhoLoss: irreducibleLosses is ${show(given)}; it must be an array with one number a sample: its loss under a model trained on held-out data.`,
    );
  }
  const values = Float64Array.from(given as ArrayLike<number>);
  const bad = values.findIndex((value, i) => typeof given[i] !== 'number' || !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `rhoLoss: irreducibleLosses[${bad}] is ${show(given[bad])}; it must be a finite number.`,
    );
  }
  return values;
}

/** The selector that `rhoLoss` makes. */
export class RhoLossSelector implements Selector<'loss'> {
  readonly name = 'rho-loss';
  readonly signals = ['loss'] as const;

  readonly #run: TrainingRun;
  readonly #irreducible: Float64Array;
  readonly #candidates: number;
  readonly #progress: EpochProgress;
  readonly #distinct: DistinctUniform;
  #batch = new Int32Array(0);

  /** Use `rhoLoss(options)(run)`. */
  constructor(run: TrainingRun, irreducible: Float64Array, candidates: number) {
    this.#run = checkRun(run);
    if (irreducible.length !== run.size) {
      throw new RangeError(
        `rhoLoss: irreducibleLosses has ${irreducible.length} numbers, but the run has ${run.size} samples; they must be equal.`,
      );
    }
    this.#irreducible = irreducible;
    this.#candidates = candidates;
    this.#progress = new EpochProgress(run);
    this.#distinct = new DistinctUniform(run.size);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
  }

  async select(batchSize: number, score: Scorer<'loss'>): Promise<Selection | null> {
    const { size } = this.#run;
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    const pool = new Int32Array(Math.min(size, count * this.#candidates));
    this.#distinct.draw(pool, pool.length, this.#progress.random);
    const scored = await score(pool);
    const indices = checkIndices(scored, size);
    const losses = checkLoss(scored, indices.length);
    const reducible = Float64Array.from(losses, (loss, row) => loss - this.#irreducible[indices[row]!]!);
    // Ties keep the random order of the candidates.
    const rows = Array.from(indices.keys()).sort((a, b) => reducible[b]! - reducible[a]! || a - b);
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    for (let n = 0; n < count; n++) this.#batch[n] = indices[rows[n]!]!;
    return { indices: this.#batch };
  }

  /** Learns nothing: every candidate is scored afresh. */
  observe(observation: Observation<'loss'>): void {
    checkLoss(observation, checkIndices(observation, this.#run.size).length);
  }

  stateDict(): StateDict {
    return { version: 1, progress: this.#progress.stateDict() };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    this.#progress.prepare(readState(state, 'progress')).commit();
  }
}
