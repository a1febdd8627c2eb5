import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import { LabelHistory, MAX_WINDOW } from '../core/history/label-history.js';
import { quantizationIndex, type Normalization } from '../core/history/uncertainty.js';
import { checkIndices, checkPredictedLabel } from '../core/observation.js';
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
import { readPermutation, readState, readVersion } from '../core/state-fields.js';
import { BucketTable } from '../core/sampling/bucket-table.js';
import { PagedBucketTable } from '../core/sampling/paged-bucket-table.js';
import type { SampleTable } from '../core/sampling/sample-table.js';
import { TreeTable } from '../core/sampling/tree-table.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import { checkChoice, checkInteger, overDefaults } from '../core/validate.js';

/** Options of `recencyBias`. */
export interface RecencyBiasOptions {
  /** Predicted labels remembered for each sample, q in the paper; 1 to 32,767. Default 10. */
  readonly window?: number;
  /**
   * How many times as likely the most uncertain sample is as the most certain one, s_e in the paper: a number decays
   * exponentially to 1 over the adaptive epochs; a `PressureSchedule` says otherwise. At least 1. Default 100.
   */
  readonly selectionPressure?: SelectionPressure;
  /** Uniform epochs before selection begins, γ in the paper; at most the run's epochs. Default 15. */
  readonly warmupEpochs?: number;
  /**
   * When a prediction begins to count: `'epoch'` (default), from the next epoch, as in the paper; `'batch'`, from the next
   * batch.
   */
  readonly update?: 'epoch' | 'batch';
  /**
   * What the entropy of a window is divided by: `'classes'` (default), ln k, as in the paper; `'window'`,
   * ln min(window, k), so that uncertainty reaches 1 also when there are many more classes than the window holds.
   */
  readonly normalize?: Normalization;
}

export const recencyBiasDefaults = {
  window: 10,
  selectionPressure: 100,
  warmupEpochs: 15,
  update: 'epoch',
  normalize: 'classes',
} as const satisfies Required<RecencyBiasOptions>;

/**
 * Recency Bias: draws samples whose predicted labels disagree within a sliding window of recent predictions more often
 * (Song, Kim, Kim & Lee, CIKM 2020, arXiv 1911.08050).
 *
 * P_i ∝ s_e^(−Q_i / N), Q_i = ⌈(1 − F_i) N⌉, where F_i is the entropy of the last q predicted labels of sample i over
 * that of the uniform distribution over k classes. Exact, O(1) a draw. Needs the signal `predictedLabel` and at least 2
 * classes.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run or the run has fewer than 2 classes
 */
export function recencyBias(
  options: RecencyBiasOptions = {},
): SelectorFactory<'predictedLabel', RecencyBiasSelector> {
  const given = overDefaults<RecencyBiasOptions>('recencyBias', recencyBiasDefaults, options);
  const settings: Settings = {
    window: checkInteger('recencyBias: window', given.window, 1, MAX_WINDOW),
    pressure: checkPressure('recencyBias: selectionPressure', given.selectionPressure),
    warmupEpochs: checkInteger('recencyBias: warmupEpochs', given.warmupEpochs, 0),
    update: checkChoice('recencyBias: update', given.update, ['epoch', 'batch']),
    normalize: checkChoice('recencyBias: normalize', given.normalize, ['classes', 'window']),
  };
  return (run) => new RecencyBiasSelector(run, settings);
}

interface Settings {
  readonly window: number;
  readonly pressure: PressureSchedule;
  readonly warmupEpochs: number;
  readonly update: 'epoch' | 'batch';
  readonly normalize: Normalization;
}

/** The selector that `recencyBias` makes. */
export class RecencyBiasSelector implements OneStageSelector<'predictedLabel'> {
  readonly name = 'recency-bias';
  readonly signals = ['predictedLabel'] as const;
  /** The predicted labels of each sample. */
  readonly history: LabelHistory;

  readonly #run: TrainingRun;
  readonly #settings: Settings;
  readonly #progress: EpochProgress;
  #warmup: EpochOrder | null = null;
  #table: SampleTable | null = null;
  #batch = new Int32Array(0);

  /** Use `recencyBias(options)(run)`. */
  constructor(run: TrainingRun, settings: Settings) {
    this.#run = checkRun(run, 2);
    this.#settings = settings;
    checkWarmup('recencyBias: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.history = new LabelHistory(run.size, run.classes, settings.window, settings.normalize);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    if (epoch <= this.#settings.warmupEpochs) {
      this.#table = null;
      this.#warmup ??= new EpochOrder(this.#run.size);
      this.#warmup.shuffle(this.#progress.random);
      return;
    }
    this.#warmup = null;
    this.#table ??= this.#makeTable();
    this.#table.refresh();
    this.#table.weigh(this.#weightAt(epoch));
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    if (this.#table !== null) this.#table.draw(this.#batch, count, this.#progress.random);
    else this.#warmup?.deal(this.#batch, count);
    return { indices: this.#batch };
  }

  observe(observation: Observation<'predictedLabel'>): void {
    const indices = checkIndices(observation, this.#run.size);
    const labels = checkPredictedLabel(observation, indices.length, this.#run.classes);
    this.history.warm(indices);
    const table = this.#settings.update === 'batch' ? this.#table : null;
    for (let row = 0; row < indices.length; row++) {
      const index = indices[row]!;
      const before = this.history.recordUnchecked(index, labels[row]!);
      table?.update(index, before);
    }
  }

  /** Bytes of the buffers that grow with the number of samples, at the moment. */
  get byteLength(): number {
    return this.history.byteLength + (this.#table?.byteLength ?? 0) + (this.#warmup?.byteLength ?? 0);
  }

  /** Uncertainty F of each sample now, in [0, 1]; 1 for a sample never seen. */
  uncertainty(): Float64Array {
    return Float64Array.from({ length: this.#run.size }, (_, i) => this.history.uncertainty(i));
  }

  /** The distribution of the current epoch's draws; uniform before the first epoch and in the warm-up. */
  probabilities(): Float64Array {
    const { size } = this.#run;
    const out = new Float64Array(size);
    if (this.#table === null) return out.fill(1 / size);
    this.#table.probabilities(out);
    return out;
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      history: this.history.stateDict(),
      warmup: this.#warmup?.toArray() ?? null,
      table: this.#table?.stateDict() ?? null,
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const history = this.history.prepare(readState(state, 'history'));
    const order = state.warmup === null ? null : readPermutation(state, 'warmup', size);
    if (progress.epoch > 0 && (order === null) === (state.table === null)) {
      throw new RangeError('state must hold either warmup or table.');
    }
    const table = state.table === null ? null : this.#makeTable();
    const tableState = table?.prepare(readState(state, 'table'));
    history.commit();
    progress.commit();
    this.#warmup = order && EpochOrder.restored(order, progress.drawn);
    this.#table = table;
    table?.weigh(this.#weightAt(progress.epoch));
    tableState?.commit();
  }

  #makeTable(): SampleTable {
    const live = this.#settings.update === 'batch';
    const { classUncertainty } = this.history;
    if (classUncertainty === null) return new TreeTable(this.history, live);
    return live
      ? new PagedBucketTable(this.history, classUncertainty)
      : new BucketTable(this.history, classUncertainty);
  }

  /** The weight s_e^(−Q / N) of an uncertainty in an epoch, Q being its quantisation index. */
  #weightAt(epoch: number): (uncertainty: number) => number {
    const { size, epochs } = this.#run;
    const { pressure, warmupEpochs } = this.#settings;
    const exponent = -Math.log(pressureAt(pressure, epoch, warmupEpochs, epochs)) / size;
    return (uncertainty) => Math.exp(exponent * quantizationIndex(uncertainty, size));
  }
}
