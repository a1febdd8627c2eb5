import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
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
import { readState, readSubset, readVersion } from '../core/state-fields.js';
import { checkInteger, overDefaults, checkNumber } from '../core/validate.js';

/** Options of `selfPaced`. */
export interface SelfPacedOptions {
  /** Uniform epochs in which the first losses are gathered; at most the run's epochs. Default 1. */
  readonly warmupEpochs?: number;
  /**
   * λ of the first adaptive epoch, in units of the loss: samples whose loss is below count as easy. Default null: the pace is
   * set by the share of easy samples instead.
   */
  readonly threshold?: number | null;
  /** Share of the samples that count as easy in the first adaptive epoch, above 0 to 1; where `threshold` is null. Default 0.5. */
  readonly startShare?: number;
  /** Factor by which the threshold, or else the share, grows each epoch; at least 1. Default 1.3. */
  readonly growth?: number;
}

export const selfPacedDefaults = {
  warmupEpochs: 1,
  threshold: null,
  startShare: 0.5,
  growth: 1.3,
} as const satisfies Required<SelfPacedOptions>;

/**
 * Self-paced learning: trains on the samples whose latest loss is below a threshold that rises until all samples take part
 * (Kumar, Packer & Koller, NIPS 2010). An epoch is one pass over the easy samples. Needs the signal `loss`.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run
 */
export function selfPaced(options: SelfPacedOptions = {}): SelectorFactory<'loss', SelfPacedSelector> {
  const given = overDefaults<SelfPacedOptions>('selfPaced', selfPacedDefaults, options);
  const settings: Required<SelfPacedOptions> = {
    warmupEpochs: checkInteger('selfPaced: warmupEpochs', given.warmupEpochs, 0),
    threshold:
      given.threshold === null
        ? null
        : checkNumber('selfPaced: threshold', given.threshold, -Number.MAX_VALUE),
    startShare: checkNumber('selfPaced: startShare', given.startShare, 1e-9, 1),
    growth: checkNumber('selfPaced: growth', given.growth, 1),
  };
  return (run) => new SelfPacedSelector(run, settings);
}

/** The selector that `selfPaced` makes. */
export class SelfPacedSelector implements OneStageSelector<'loss'> {
  readonly name = 'self-paced';
  readonly signals = ['loss'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Required<SelfPacedOptions>;
  readonly #progress: EpochProgress;
  readonly #losses: LatestLosses;
  readonly #order = new SubsetOrder();
  #batch = new Int32Array(0);

  /** Use `selfPaced(options)(run)`. */
  constructor(run: TrainingRun, settings: Required<SelfPacedOptions>) {
    this.#run = checkRun(run);
    this.#settings = settings;
    checkWarmup('selfPaced: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.#losses = new LatestLosses(run.size);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#order.start(this.#easy(), this.#progress.random);
  }

  select(batchSize: number): Selection | null {
    const count = this.#progress.take(batchSize, this.#order.length);
    if (count === 0) return null;
    if (this.#batch.length !== count) this.#batch = new Int32Array(count);
    this.#order.deal(this.#batch, count);
    return { indices: this.#batch };
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
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const losses = this.#losses.prepare(state, 'losses');
    const order = readSubset(state, 'order', this.#run.size);
    progress.commit();
    losses.commit();
    this.#order.restore(order, progress.drawn);
  }

  /** The samples of the epoch, in the order of the data. A sample without a known loss is given the chance to get one. */
  #easy(): Int32Array {
    const { size } = this.#run;
    const { warmupEpochs, threshold, startShare, growth } = this.#settings;
    const step = this.#progress.epoch - warmupEpochs - 1;
    const losses = this.#losses.values;
    let easy: (loss: number) => boolean = () => true;
    if (step >= 0) {
      const pace = growth ** step;
      const sorted = losses.slice().sort();
      const count = threshold === null ? Math.min(size, Math.ceil(startShare * pace * size - 1e-9)) : 1;
      const limit = sorted[Math.max(0, count - 1)]!;
      // Never an empty epoch: where nothing is below the threshold, the easiest sample is taken.
      easy = (loss) => loss <= limit || (threshold !== null && loss < threshold * pace);
    }
    const out = new Int32Array(size);
    let count = 0;
    for (let i = 0; i < size; i++) if (easy(losses[i]!)) out[count++] = i;
    return out.slice(0, count);
  }
}
