import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import { RunningMoments } from '../core/history/running-moments.js';
import { checkIndices, checkTrueClassProbability } from '../core/observation.js';
import type {
  Observation,
  OneStageSelector,
  Selection,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readVersion } from '../core/state-fields.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { SumTree } from '../core/sampling/sum-tree.js';
import { checkChoice, checkInteger, overDefaults, checkNumber } from '../core/validate.js';

const FORMS = ['loss-weight', 'sampling'] as const;

/** Options of `activeBias`. */
export interface ActiveBiasOptions {
  /**
   * `'loss-weight'` (default): random batches, each once-an-epoch permutation, whose losses are weighted; the form behind the
   * tables of Song et al. 2020. `'sampling'`: samples are drawn in proportion, without weights.
   */
  readonly form?: (typeof FORMS)[number];
  /** ε, added to every sample's standard deviation so that none is left out; above 0. Default 0.02. */
  readonly smoothing?: number;
  /** Uniform, unweighted epochs before; at most the run's epochs. Default 15. */
  readonly warmupEpochs?: number;
}

export const activeBiasDefaults = {
  form: 'loss-weight',
  smoothing: 0.02,
  warmupEpochs: 15,
} as const satisfies Required<ActiveBiasOptions>;

/**
 * Active Bias: emphasises samples whose probability of the true class varies over training (Chang, Learned-Miller &
 * McCallum, NIPS 2017, arXiv 1704.07433). With v the variance of that probability over its n values so far,
 * std = sqrt(v + v² / (n − 1)); a sample counts std + ε, or ε with fewer than two values. Needs the signal
 * `trueClassProbability`.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run
 */
export function activeBias(
  options: ActiveBiasOptions = {},
): SelectorFactory<'trueClassProbability', ActiveBiasSelector> {
  const given = overDefaults<ActiveBiasOptions>('activeBias', activeBiasDefaults, options);
  const settings: Settings = {
    form: checkChoice('activeBias: form', given.form, FORMS),
    smoothing: checkNumber('activeBias: smoothing', given.smoothing, 1e-9, 1e9),
    warmupEpochs: checkInteger('activeBias: warmupEpochs', given.warmupEpochs, 0),
  };
  return (run) => new ActiveBiasSelector(run, settings);
}

/**
 * Emphasis of a sample, std + ε with std = sqrt(v + v² / (n − 1)) (Chang et al. 2017, section 3.2).
 * @returns a number of at least ε
 */
export function emphasis(moments: RunningMoments, index: number, smoothing: number): number {
  const count = moments.count(index);
  if (count < 2) return smoothing;
  const variance = moments.variance(index);
  return Math.sqrt(variance + variance ** 2 / (count - 1)) + smoothing;
}

interface Settings {
  readonly form: (typeof FORMS)[number];
  readonly smoothing: number;
  readonly warmupEpochs: number;
}

/** The selector that `activeBias` makes. */
export class ActiveBiasSelector implements OneStageSelector<'trueClassProbability'> {
  readonly name = 'active-bias';
  readonly signals = ['trueClassProbability'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Settings;
  readonly #progress: EpochProgress;
  readonly #moments: RunningMoments;
  /** The order of a warm-up epoch, and of every epoch in the loss-weight form. */
  #order: EpochOrder | null = null;
  /** The emphasis of each sample, in an adaptive epoch of the sampling form. */
  #tree: SumTree | null = null;
  #batch = new Int32Array(0);
  #weights = new Float32Array(0);
  #emphases = new Float64Array(0);

  /** Use `activeBias(options)(run)`. */
  constructor(run: TrainingRun, settings: Settings) {
    this.#run = checkRun(run);
    this.#settings = settings;
    checkWarmup('activeBias: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.#moments = new RunningMoments(run.size);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    if (this.#adaptive && this.#settings.form === 'sampling') {
      this.#order = null;
      this.#plant();
      return;
    }
    this.#tree = null;
    this.#order ??= new EpochOrder(this.#run.size);
    this.#order.shuffle(this.#progress.random);
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) {
      this.#batch = new Int32Array(count);
      this.#weights = new Float32Array(count);
      this.#emphases = new Float64Array(count);
    }
    const indices = this.#batch;
    if (this.#tree !== null) {
      this.#tree.drawDistinct(indices, count, this.#progress.random, this.#emphases);
      return { indices };
    }
    this.#order?.deal(indices, count);
    if (!this.#adaptive) return { indices };
    let total = 0;
    for (let n = 0; n < count; n++) total += this.#emphases[n] = this.#emphasis(indices[n]!);
    for (let n = 0; n < count; n++) this.#weights[n] = (this.#emphases[n]! * count) / total;
    return { indices, weights: this.#weights };
  }

  observe(observation: Observation<'trueClassProbability'>): void {
    const indices = checkIndices(observation, this.#run.size);
    const probabilities = checkTrueClassProbability(observation, indices.length);
    for (let row = 0; row < indices.length; row++) {
      const index = indices[row]!;
      this.#moments.record(index, probabilities[row]!);
      this.#tree?.set(index, this.#emphasis(index));
    }
  }

  /** Emphasis std + ε of each sample now; at least ε. */
  emphasis(): Float64Array {
    return Float64Array.from({ length: this.#run.size }, (_, i) => this.#emphasis(i));
  }

  /** The distribution of the next draw: by emphasis in the sampling form, uniform in the other and in the warm-up. */
  probabilities(): Float64Array {
    const { size } = this.#run;
    return this.#tree?.probabilities() ?? new Float64Array(size).fill(1 / size);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      moments: this.#moments.stateDict(),
      order: this.#order?.toArray() ?? null,
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const moments = this.#moments.prepare(readState(state, 'moments'));
    const order = state.order === null ? null : readPermutation(state, 'order', size);
    const sampling = progress.epoch > this.#settings.warmupEpochs && this.#settings.form === 'sampling';
    if (progress.epoch > 0 && sampling !== (order === null)) {
      throw new RangeError(
        'state was saved by the other form of activeBias; load it with the form it was saved with.',
      );
    }
    progress.commit();
    moments.commit();
    this.#order = order && EpochOrder.restored(order, progress.drawn);
    this.#tree = null;
    if (sampling) this.#plant();
  }

  get #adaptive(): boolean {
    return this.#progress.epoch > this.#settings.warmupEpochs;
  }

  #emphasis(index: number): number {
    return emphasis(this.#moments, index, this.#settings.smoothing);
  }

  #plant(): void {
    this.#tree ??= new SumTree(this.#run.size);
    this.#tree.fill((index) => this.#emphasis(index));
  }
}
