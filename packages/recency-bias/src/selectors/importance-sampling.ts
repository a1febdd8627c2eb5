import { EpochProgress, checkRun } from '../core/epoch.js';
import { checkGradNormBound, checkIndices } from '../core/observation.js';
import { AliasTable } from '../core/sampling/alias-table.js';
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
import { checkBoolean, checkInteger, overDefaults, checkNumber } from '../core/validate.js';

/** Options of `importanceSampling`. */
export interface ImportanceSamplingOptions {
  /** Samples scored for each sample trained, B / b; at least 1. Default 3. */
  readonly presample?: number;
  /**
   * τ above which sampling by importance is on; at least 0, 0 being always. Default null: (B + 3 b) / (3 b), where it
   * begins to pay if a backward pass costs twice a forward pass.
   */
  readonly threshold?: number | null;
  /** Momentum of the average of τ, from 0 to below 1. Default 0.9. */
  readonly momentum?: number;
}

export const importanceSamplingDefaults = {
  presample: 3,
  threshold: null,
  momentum: 0.9,
} as const satisfies Required<ImportanceSamplingOptions>;

/**
 * Importance sampling by an upper bound of the gradient norm, switched on while it reduces variance enough to pay
 * (Katharopoulos & Fleuret, ICML 2018, arXiv 1803.00942). Scores B uniform samples, G_i = ‖softmax − one-hot‖₂ with
 * g = G / ΣG, and draws b of them by g with replacement, at weight 1 / (B g_i): the gradient is right on average. A sample
 * drawn several times comes once, at as many times the weight, so such a batch has fewer than b rows. Needs the signal
 * `gradNormBound` and a scorer.
 *
 * @throws TypeError or RangeError for an unknown option or value
 */
export function importanceSampling(
  options: ImportanceSamplingOptions = {},
): SelectorFactory<'gradNormBound', ImportanceSamplingSelector> {
  const given = overDefaults<ImportanceSamplingOptions>(
    'importanceSampling',
    importanceSamplingDefaults,
    options,
  );
  const settings: Required<ImportanceSamplingOptions> = {
    presample: checkNumber('importanceSampling: presample', given.presample, 1, 1e6),
    threshold:
      given.threshold === null ? null : checkNumber('importanceSampling: threshold', given.threshold, 0),
    momentum: checkNumber('importanceSampling: momentum', given.momentum, 0, 1 - 1e-9),
  };
  return (run) => new ImportanceSamplingSelector(run, settings);
}

/**
 * How many times larger a uniform batch would have to be for the variance of one drawn by `scores`: sqrt(B Σ g²), which
 * equals the paper's (1 − ‖g − 1/B‖² / ‖g‖²)^(−1/2).
 * @returns at least 1; 1 when all scores are 0
 */
export function varianceReduction(scores: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const score of scores) {
    sum += score;
    squares += score * score;
  }
  return sum > 0 ? Math.max(1, Math.sqrt(scores.length * squares) / sum) : 1;
}

/** The selector that `importanceSampling` makes. */
export class ImportanceSamplingSelector implements Selector<'gradNormBound'> {
  readonly name = 'importance-sampling';
  readonly signals = ['gradNormBound'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Required<ImportanceSamplingOptions>;
  readonly #progress: EpochProgress;
  readonly #distinct: DistinctUniform;
  #tau = 0;
  /** Whether the last batch was drawn by importance; observations then say nothing of a uniform batch. */
  #active = false;
  #batch = new Int32Array(0);

  /** Use `importanceSampling(options)(run)`. */
  constructor(run: TrainingRun, settings: Required<ImportanceSamplingOptions>) {
    this.#run = checkRun(run);
    this.#settings = settings;
    this.#progress = new EpochProgress(run);
    this.#distinct = new DistinctUniform(run.size);
  }

  /** τ, the running average of `varianceReduction`; 0 before the first measurement. */
  get tau(): number {
    return this.#tau;
  }

  /** Whether the last batch was drawn by importance. */
  get active(): boolean {
    return this.#active;
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
  }

  async select(batchSize: number, score: Scorer<'gradNormBound'>): Promise<Selection | null> {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    const { size } = this.#run;
    const { presample, threshold } = this.#settings;
    const pool = Math.min(size, Math.round(count * presample));
    this.#active = this.#tau > (threshold ?? (pool + 3 * count) / (3 * count));
    if (this.#active || threshold === 0) return this.#byImportance(count, pool, score);
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    this.#distinct.draw(this.#batch, count, this.#progress.random);
    return { indices: this.#batch };
  }

  observe(observation: Observation<'gradNormBound'>): void {
    const indices = checkIndices(observation, this.#run.size);
    const scores = checkGradNormBound(observation, indices.length);
    if (!this.#active && scores.length > 0) this.#measure(scores);
  }

  stateDict(): StateDict {
    return { version: 1, progress: this.#progress.stateDict(), tau: this.#tau, active: this.#active };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const tau = checkNumber('state.tau', state.tau, 0);
    const active = checkBoolean('state.active', state.active);
    progress.commit();
    this.#tau = tau;
    this.#active = active;
  }

  async #byImportance(count: number, pool: number, score: Scorer<'gradNormBound'>): Promise<Selection> {
    const { random } = this.#progress;
    this.#active = true;
    const candidates = new Int32Array(pool);
    this.#distinct.draw(candidates, pool, random);
    const scored = await score(candidates);
    const indices = checkIndices(scored, this.#run.size);
    const scores = checkGradNormBound(scored, checkInteger('scored samples', indices.length, pool, pool));
    this.#measure(scores);

    const sum = scores.reduce((total, value) => total + value, 0);
    // With nothing left to learn from any candidate, all are alike.
    const shares = Float64Array.from(scores, (value) => (sum > 0 ? value / sum : 1 / pool));
    const table = new AliasTable(pool);
    table.build(shares);
    const times = new Uint32Array(pool);
    let rows = 0;
    for (let n = 0; n < count; n++) if (times[table.draw(random)]!++ === 0) rows++;
    const batch = new Int32Array(rows);
    const weights = new Float32Array(rows);
    for (let row = 0, at = 0; row < pool; row++) {
      if (times[row] === 0) continue;
      batch[at] = indices[row]!;
      // The trainer divides by the rows of the batch; the estimate is a mean over the draws.
      weights[at++] = ((times[row]! / (pool * shares[row]!)) * rows) / count;
    }
    return { indices: batch, weights };
  }

  #measure(scores: Float32Array): void {
    const { momentum } = this.#settings;
    this.#tau = momentum * this.#tau + (1 - momentum) * varianceReduction(scores);
  }
}
