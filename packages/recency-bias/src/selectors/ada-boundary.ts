import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import { checkBoundaryDistance, checkIndices } from '../core/observation.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { SumTree } from '../core/sampling/sum-tree.js';
import {
  checkPressure,
  pressureAt,
  type PressureSchedule,
  type SelectionPressure,
} from '../core/schedule.js';
import type {
  Observation,
  OneStageSelector,
  Selection,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readTyped, readVersion } from '../core/state-fields.js';
import { checkInteger, overDefaults } from '../core/validate.js';

/** Options of `adaBoundary`. */
export interface AdaBoundaryOptions {
  /**
   * s_e, how many times as likely a sample on the decision boundary is as the one farthest from it; at least 1. A number
   * stays constant, as the authors have it; a `PressureSchedule` says otherwise. Default 100.
   */
  readonly selectionPressure?: SelectionPressure;
  /** Uniform epochs before; at most the run's epochs. Default 15. */
  readonly warmupEpochs?: number;
}

export const adaBoundaryDefaults = {
  selectionPressure: 100,
  warmupEpochs: 15,
} as const satisfies Required<AdaBoundaryOptions>;

/**
 * Ada-Boundary: draws samples near the decision boundary more often (Song, Kim, Kim & Lee, Machine Learning 2020).
 * P_i ∝ s_e^(−Q_i / N), Q_i = ⌈|d_i| / (d_max / N)⌉, where d_i is the sample's latest boundary distance and
 * d_max = sqrt((k − 1) / k²). A sample without one counts as on the boundary. Distances count from the next batch; draws are
 * O(log N). Needs the signal `boundaryDistance` and at least 2 classes.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run or the run has fewer than 2 classes
 */
export function adaBoundary(
  options: AdaBoundaryOptions = {},
): SelectorFactory<'boundaryDistance', AdaBoundarySelector> {
  const given = overDefaults<AdaBoundaryOptions>('adaBoundary', adaBoundaryDefaults, options);
  const pressure = checkPressure('adaBoundary: selectionPressure', given.selectionPressure);
  const settings: Settings = {
    pressure:
      typeof given.selectionPressure === 'number' ? { kind: 'constant', from: pressure.from } : pressure,
    warmupEpochs: checkInteger('adaBoundary: warmupEpochs', given.warmupEpochs, 0),
  };
  return (run) => new AdaBoundarySelector(run, settings);
}

interface Settings {
  readonly pressure: PressureSchedule;
  readonly warmupEpochs: number;
}

/** The selector that `adaBoundary` makes. */
export class AdaBoundarySelector implements OneStageSelector<'boundaryDistance'> {
  readonly name = 'ada-boundary';
  readonly signals = ['boundaryDistance'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Settings;
  readonly #progress: EpochProgress;
  /** Latest distance of each sample; 0 until known. */
  readonly #distances: Float32Array;
  /** d_max / N. */
  readonly #step: number;
  #warmup: EpochOrder | null = null;
  #tree: SumTree | null = null;
  /** ln(s_e) / N of the current epoch. */
  #slope = 0;
  #batch = new Int32Array(0);
  #drawnWeights = new Float64Array(0);

  /** Use `adaBoundary(options)(run)`. */
  constructor(run: TrainingRun, settings: Settings) {
    this.#run = checkRun(run, 2);
    this.#settings = settings;
    checkWarmup('adaBoundary: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.#distances = new Float32Array(run.size);
    this.#step = Math.sqrt(run.classes - 1) / run.classes / run.size;
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    if (epoch <= this.#settings.warmupEpochs) {
      this.#tree = null;
      this.#warmup ??= new EpochOrder(this.#run.size);
      this.#warmup.shuffle(this.#progress.random);
      return;
    }
    this.#warmup = null;
    this.#plant(epoch);
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) {
      this.#batch = new Int32Array(count);
      this.#drawnWeights = new Float64Array(count);
    }
    this.#warmup?.deal(this.#batch, count);
    this.#tree?.drawDistinct(this.#batch, count, this.#progress.random, this.#drawnWeights);
    return { indices: this.#batch };
  }

  observe(observation: Observation<'boundaryDistance'>): void {
    const indices = checkIndices(observation, this.#run.size);
    const distances = checkBoundaryDistance(observation, indices.length);
    for (let row = 0; row < indices.length; row++) {
      const index = indices[row]!;
      this.#distances[index] = distances[row]!;
      this.#tree?.set(index, this.#weight(index));
    }
  }

  /** The distribution of the next draw; uniform before the first epoch and in the warm-up. */
  probabilities(): Float64Array {
    const { size } = this.#run;
    return this.#tree?.probabilities() ?? new Float64Array(size).fill(1 / size);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      distances: this.#distances.slice(),
      warmup: this.#warmup?.toArray() ?? null,
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const distances = readTyped(state, 'distances', Float32Array, size);
    if (!distances.every((distance) => Math.abs(distance) <= 0.51)) {
      throw new RangeError('state.distances must be from -0.5 to 0.5.');
    }
    const order = state.warmup === null ? null : readPermutation(state, 'warmup', size);
    progress.commit();
    this.#distances.set(distances);
    this.#warmup = order && EpochOrder.restored(order, progress.drawn);
    this.#tree = null;
    if (order === null && progress.epoch > 0) this.#plant(progress.epoch);
  }

  #plant(epoch: number): void {
    const { size, epochs } = this.#run;
    const { pressure, warmupEpochs } = this.#settings;
    this.#slope = Math.log(pressureAt(pressure, epoch, warmupEpochs, epochs)) / size;
    this.#tree ??= new SumTree(size);
    this.#tree.fill((index) => this.#weight(index));
  }

  #weight(index: number): number {
    const levels = Math.abs(this.#distances[index]!) / this.#step;
    // The signal is a 32-bit float: what it rounds up past d_max is still d_max.
    return Math.exp(-this.#slope * Math.min(this.#run.size, Math.ceil(levels)));
  }
}
