import { EpochProgress, checkRun } from '../core/epoch.js';
import { LatestLosses } from '../core/history/latest-losses.js';
import { SubsetOrder } from '../core/sampling/subset-order.js';
import type {
  Observation,
  OneStageSelector,
  Selection,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readState, readSubset, readTyped, readVersion } from '../core/state-fields.js';
import { overDefaults, checkNumber } from '../core/validate.js';

/** Options of `infoBatch`. */
export interface InfoBatchOptions {
  /** r, the share of the well-learned samples that an epoch leaves out; from 0 to 0.99. Default 0.5. */
  readonly pruneRatio?: number;
  /** δ: epochs after δ · epochs train on everything; from 0 to 1. Default 0.875. */
  readonly delta?: number;
}

export const infoBatchDefaults = {
  pruneRatio: 0.5,
  delta: 0.875,
} as const satisfies Required<InfoBatchOptions>;

/**
 * InfoBatch: each epoch leaves out a random part of the samples whose latest loss is below the mean, and weights up those
 * of them that stay, so that the gradient is right on average (Qin et al., ICLR 2024, arXiv 2303.04947). An epoch is one
 * pass over the samples that stay. Needs the signal `loss`.
 *
 * @throws TypeError or RangeError for an unknown option or value
 */
export function infoBatch(options: InfoBatchOptions = {}): SelectorFactory<'loss', InfoBatchSelector> {
  const given = overDefaults<InfoBatchOptions>('infoBatch', infoBatchDefaults, options);
  const pruneRatio = checkNumber('infoBatch: pruneRatio', given.pruneRatio, 0, 0.99);
  const delta = checkNumber('infoBatch: delta', given.delta, 0, 1);
  return (run) => new InfoBatchSelector(run, { pruneRatio, delta });
}

/** The selector that `infoBatch` makes. */
export class InfoBatchSelector implements OneStageSelector<'loss'> {
  readonly name = 'info-batch';
  readonly signals = ['loss'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Required<InfoBatchOptions>;
  readonly #progress: EpochProgress;
  readonly #losses: LatestLosses;
  readonly #order = new SubsetOrder();
  /** Weight of each sample in the current epoch. */
  readonly #weights: Float32Array;
  #batch = new Int32Array(0);
  #batchWeights = new Float32Array(0);

  /** Use `infoBatch(options)(run)`. */
  constructor(run: TrainingRun, settings: Required<InfoBatchOptions>) {
    this.#run = checkRun(run);
    this.#settings = settings;
    this.#progress = new EpochProgress(run);
    this.#losses = new LatestLosses(run.size);
    this.#weights = new Float32Array(run.size).fill(1);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#weights.fill(1);
    this.#order.start(this.#keep(), this.#progress.random);
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize, this.#order.length);
    if (count === 0) return null;
    if (this.#batch.length !== count) {
      this.#batch = new Int32Array(count);
      this.#batchWeights = new Float32Array(count);
    }
    this.#order.deal(this.#batch, count);
    for (let n = 0; n < count; n++) this.#batchWeights[n] = this.#weights[this.#batch[n]!]!;
    return { indices: this.#batch, weights: this.#batchWeights };
  }

  observe(observation: Observation<'loss'>): void {
    this.#losses.record(observation);
  }

  /** Number of samples that the current epoch trains; 0 before the first. */
  get epochSize(): number {
    return this.#order.length;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      losses: this.#losses.values.slice(),
      order: this.#order.toArray(),
      weights: this.#weights.slice(),
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const losses = this.#losses.prepare(state, 'losses');
    const order = readSubset(state, 'order', size);
    const weights = readTyped(state, 'weights', Float32Array, size);
    if (!weights.every((weight) => weight >= 1 && weight < Infinity)) {
      throw new RangeError('state.weights must be finite and at least 1.');
    }
    progress.commit();
    losses.commit();
    this.#order.restore(order, progress.drawn);
    this.#weights.set(weights);
  }

  /** The samples of the epoch; sets the weights of the well-learned ones among them. */
  #keep(): Int32Array {
    const { size, epochs } = this.#run;
    const { pruneRatio, delta } = this.#settings;
    const losses = this.#losses.values;
    const kept = new Int32Array(size);
    // δ · epochs need not be whole: the last epoch that is not past it still leaves samples out.
    const mean = this.#progress.epoch <= delta * epochs ? meanOf(losses) : -Infinity;
    let count = 0;
    let below = 0;
    for (let i = 0; i < size; i++) {
      // A sample without a known loss is not known to be well learned.
      const wellLearned = losses[i]! < mean && losses[i]! !== -Infinity;
      if (wellLearned) kept[size - ++below] = i;
      else kept[count++] = i;
    }
    const learned = kept.slice(count);
    this.#progress.random.shuffle(learned);
    // Scaled by the share that stays after rounding up, so that the gradient is right on average for every count.
    const stay = Math.ceil((1 - pruneRatio) * below - 1e-9);
    for (let n = 0; n < stay; n++) {
      kept[count + n] = learned[n]!;
      this.#weights[learned[n]!] = below / stay;
    }
    return kept.slice(0, count + stay);
  }
}

/** Mean of the known losses. */
function meanOf(losses: Float32Array): number {
  let sum = 0;
  let known = 0;
  for (const loss of losses) {
    if (loss === -Infinity) continue;
    sum += loss;
    known++;
  }
  return known === 0 ? -Infinity : sum / known;
}
