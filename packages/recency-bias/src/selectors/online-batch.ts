import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import { checkIndices, checkLoss } from '../core/observation.js';
import {
  checkPressure,
  pressureAt,
  type PressureSchedule,
  type SelectionPressure,
} from '../core/schedule.js';
import type {
  Observation,
  OneStageSelector,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readTyped, readVersion } from '../core/state-fields.js';
import { DistinctWeighted } from '../core/sampling/distinct.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { rankDescending } from '../core/sampling/rank-order.js';
import { checkBoolean, checkInteger, overDefaults } from '../core/validate.js';

/** Options of `onlineBatch`. */
export interface OnlineBatchOptions {
  /**
   * About how many times as likely the sample with the highest loss is as the one with the lowest, s_e in the paper: a
   * number decays exponentially to 1 over the adaptive epochs; a `PressureSchedule` says otherwise. At least 1.
   * Default 100.
   */
  readonly selectionPressure?: SelectionPressure;
  /** Uniform epochs before selection begins; at most the run's epochs. Default 15. */
  readonly warmupEpochs?: number;
  /**
   * Whether to recompute every sample's loss by a forward pass at the start of each adaptive epoch. `false` (default)
   * ranks by the losses seen in training, which costs nothing. With `true`, `select` is asynchronous.
   */
  readonly recompute?: boolean;
}

export const onlineBatchDefaults = {
  selectionPressure: 100,
  warmupEpochs: 15,
  recompute: false,
} as const satisfies Required<OnlineBatchOptions>;

/** What `onlineBatch` makes when it recomputes no losses. */
export type OneStageOnlineBatch = OneStageSelector<'loss'> & OnlineBatchSelector;

/**
 * Online Batch Selection: draws samples by the rank of their latest known loss (Loshchilov & Hutter 2015, arXiv
 * 1511.06343). P(rank r) ∝ exp(ln(s_e) / N)^(−r), rank 1 being the highest loss; samples without a known loss rank
 * first. Ranked once an epoch; draws are O(1). Needs the signal `loss`.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run
 */
export function onlineBatch(
  options?: OnlineBatchOptions & { readonly recompute?: false },
): SelectorFactory<'loss', OneStageOnlineBatch>;
export function onlineBatch(options: OnlineBatchOptions): SelectorFactory<'loss', OnlineBatchSelector>;
export function onlineBatch(
  options: OnlineBatchOptions = {},
): SelectorFactory<'loss', OnlineBatchSelector | OneStageOnlineBatch> {
  const given = overDefaults<OnlineBatchOptions>('onlineBatch', onlineBatchDefaults, options);
  const settings: Settings = {
    pressure: checkPressure('onlineBatch: selectionPressure', given.selectionPressure),
    warmupEpochs: checkInteger('onlineBatch: warmupEpochs', given.warmupEpochs, 0),
    recompute: checkBoolean('onlineBatch: recompute', given.recompute),
  };
  return (run) => new OnlineBatchSelector(run, settings);
}

interface Settings {
  readonly pressure: PressureSchedule;
  readonly warmupEpochs: number;
  readonly recompute: boolean;
}

/** The selector that `onlineBatch` makes. */
export class OnlineBatchSelector implements Selector<'loss'> {
  readonly name = 'online-batch';
  readonly signals = ['loss'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Settings;
  readonly #progress: EpochProgress;
  /** Latest known loss of each sample; infinite until known, so that the unknown rank first. */
  readonly #losses: Float32Array;
  /** Samples by rank in an adaptive epoch. */
  #ranking: Int32Array | null = null;
  #warmup: EpochOrder | null = null;
  /** Whether the losses are still to be recomputed before the epoch's first draw. */
  #stale = false;
  readonly #distinct = new DistinctWeighted();
  #batch = new Int32Array(0);

  /** Use `onlineBatch(options)(run)`. */
  constructor(run: TrainingRun, settings: Settings) {
    this.#run = checkRun(run);
    this.#settings = settings;
    checkWarmup('onlineBatch: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.#losses = new Float32Array(run.size).fill(Infinity);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#stale = false;
    if (epoch <= this.#settings.warmupEpochs) {
      this.#ranking = null;
      this.#warmup ??= new EpochOrder(this.#run.size);
      this.#warmup.shuffle(this.#progress.random);
      return;
    }
    this.#warmup = null;
    this.#rank();
    this.#stale = this.#settings.recompute;
  }

  select(batchSize: number, score?: Scorer<'loss'>): Selection | null | Promise<Selection | null> {
    return this.#stale ? this.#recompute(batchSize, score) : this.#draw(batchSize);
  }

  observe(observation: Observation<'loss'>): void {
    const indices = checkIndices(observation, this.#run.size);
    const losses = checkLoss(observation, indices.length);
    for (let row = 0; row < indices.length; row++) this.#losses[indices[row]!] = losses[row]!;
  }

  /** Latest known loss of each sample; infinite where none is known. */
  losses(): Float32Array {
    return this.#losses.slice();
  }

  /** The distribution of the current epoch's draws; uniform before the first epoch and in the warm-up. */
  probabilities(): Float64Array {
    const { size } = this.#run;
    const out = new Float64Array(size);
    if (this.#ranking === null) return out.fill(1 / size);
    const step = this.#logPressure() / size;
    let total = 0;
    for (let rank = 0; rank < size; rank++) total += out[this.#ranking[rank]!] = Math.exp(-step * rank);
    for (let i = 0; i < size; i++) out[i]! /= total;
    return out;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      losses: this.#losses.slice(),
      warmup: this.#warmup?.toArray() ?? null,
      ranking: this.#ranking?.slice() ?? null,
      stale: this.#stale,
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const losses = readTyped(state, 'losses', Float32Array, size);
    if (losses.some((loss) => Number.isNaN(loss))) throw new RangeError('state.losses holds NaN.');
    const order = state.warmup === null ? null : readPermutation(state, 'warmup', size);
    const ranking = state.ranking === null ? null : readPermutation(state, 'ranking', size);
    const stale = checkBoolean('state.stale', state.stale);
    progress.commit();
    this.#losses.set(losses);
    this.#warmup = order && EpochOrder.restored(order, progress.drawn);
    this.#ranking = ranking;
    this.#stale = stale;
  }

  #rank(): void {
    this.#ranking ??= new Int32Array(this.#run.size);
    rankDescending(this.#losses, this.#ranking, this.#progress.random.split('ties'));
  }

  async #recompute(batchSize: number, score: Scorer<'loss'> | undefined): Promise<Selection | null> {
    if (score === undefined) {
      throw new TypeError('onlineBatch with recompute needs a scorer: select(batchSize, score).');
    }
    const { size } = this.#run;
    checkInteger('batchSize', batchSize, 1);
    for (let start = 0; start < size; start += batchSize) {
      const count = Math.min(batchSize, size - start);
      this.observe(await score(Int32Array.from({ length: count }, (_, i) => start + i)));
    }
    this.#rank();
    this.#stale = false;
    return this.#draw(batchSize);
  }

  #draw(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    const ranking = this.#ranking;
    if (ranking === null) this.#warmup?.deal(this.#batch, count);
    else {
      const { size } = this.#run;
      const { random } = this.#progress;
      const log = this.#logPressure();
      // The ranks are a geometric distribution cut off at N, whose inverse distribution function is
      // r(u) = −(N / ln s) ln(1 − u (1 − 1 / s)), with the limit u N for s = 1.
      const cut = Math.expm1(-log);
      const drawRank =
        log === 0
          ? () => random.int(size)
          : () => Math.min(size - 1, Math.floor((-size / log) * Math.log1p(random.float() * cut)));
      const weightOfRank = (rank: number): number => Math.exp((-log / size) * rank);
      this.#distinct.draw(this.#batch, count, size, random, drawRank, weightOfRank);
      for (let n = 0; n < count; n++) this.#batch[n] = ranking[this.#batch[n]!]!;
    }
    return { indices: this.#batch };
  }

  #logPressure(): number {
    const { pressure, warmupEpochs } = this.#settings;
    return Math.log(pressureAt(pressure, this.#progress.epoch, warmupEpochs, this.#run.epochs));
  }
}
