import { EpochProgress, checkRun, checkWarmup } from '../core/epoch.js';
import { LatestLosses } from '../core/history/latest-losses.js';
import { RecentLosses } from '../core/history/recent-losses.js';
import { EpochOrder } from '../core/sampling/epoch-order.js';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  StateDict,
  TrainingRun,
} from '../core/selector.js';
import { readPermutation, readState, readSubset, readVersion } from '../core/state-fields.js';
import { checkInteger, overDefaults, checkNumber } from '../core/validate.js';

/** Options of `selectiveBackprop`. */
export interface SelectiveBackpropOptions {
  /** β: a sample is kept with probability CDF(loss)^β; at least 0. About one in β + 1 samples is kept. Default 3. */
  readonly beta?: number;
  /** How many of the latest losses make up the distribution, 1 to 65,536. Default 1024. */
  readonly history?: number;
  /** Every how many epochs losses are scored afresh; in between the latest known ones are reused. Default 1: each epoch. */
  readonly staleness?: number;
  /** Unfiltered epochs before; at most the run's epochs. Default 1. */
  readonly warmupEpochs?: number;
}

export const selectiveBackpropDefaults = {
  beta: 3,
  history: 1024,
  staleness: 1,
  warmupEpochs: 1,
} as const satisfies Required<SelectiveBackpropOptions>;

/**
 * Selective-Backprop: passes over the data once an epoch, scores each candidate by a forward pass and trains only those
 * it keeps, with probability CDF(loss)^β over the latest losses (Jiang et al. 2019, arXiv 1910.00762). Losses are not
 * reweighted. Needs the signal `loss` and a scorer.
 *
 * @throws TypeError or RangeError for an unknown option or value; the factory throws when the warm-up is longer than the
 *   run
 */
export function selectiveBackprop(
  options: SelectiveBackpropOptions = {},
): SelectorFactory<'loss', SelectiveBackpropSelector> {
  const given = overDefaults<SelectiveBackpropOptions>(
    'selectiveBackprop',
    selectiveBackpropDefaults,
    options,
  );
  const settings: Required<SelectiveBackpropOptions> = {
    beta: checkNumber('selectiveBackprop: beta', given.beta, 0, 1e6),
    history: checkInteger('selectiveBackprop: history', given.history, 1, 65536),
    staleness: checkInteger('selectiveBackprop: staleness', given.staleness, 1),
    warmupEpochs: checkInteger('selectiveBackprop: warmupEpochs', given.warmupEpochs, 0),
  };
  return (run) => new SelectiveBackpropSelector(run, settings);
}

/** The selector that `selectiveBackprop` makes. */
export class SelectiveBackpropSelector implements Selector<'loss'> {
  readonly name = 'selective-backprop';
  readonly signals = ['loss'] as const;

  readonly #run: TrainingRun;
  readonly #settings: Required<SelectiveBackpropOptions>;
  readonly #progress: EpochProgress;
  readonly #order: EpochOrder;
  readonly #losses: LatestLosses;
  /** The losses of the candidates of this epoch; fresh each epoch, so that an epoch depends on observations alone. */
  readonly #recent: RecentLosses;
  /** Kept, and not trained yet. */
  #kept: number[] = [];

  /** Use `selectiveBackprop(options)(run)`. */
  constructor(run: TrainingRun, settings: Required<SelectiveBackpropOptions>) {
    this.#run = checkRun(run);
    this.#settings = settings;
    checkWarmup('selectiveBackprop: warmupEpochs', settings.warmupEpochs, run);
    this.#progress = new EpochProgress(run);
    this.#order = new EpochOrder(run.size);
    this.#losses = new LatestLosses(run.size);
    this.#recent = new RecentLosses(settings.history);
  }

  beginEpoch(epoch: number): void {
    this.#progress.begin(epoch);
    this.#order.shuffle(this.#progress.random);
    this.#recent.clear();
    this.#kept = [];
  }

  async select(batchSize: number, score: Scorer<'loss'>): Promise<Selection | null> {
    checkInteger('batchSize', batchSize, 1);
    while (this.#kept.length < batchSize) {
      const count = this.#progress.take(batchSize);
      if (count === 0) break;
      const candidates = new Int32Array(count);
      this.#order.deal(candidates, count);
      if (this.#progress.epoch <= this.#settings.warmupEpochs) {
        for (const index of candidates) this.#kept.push(index);
      } else {
        await this.#score(candidates, score);
        this.#filter(candidates);
      }
    }
    const indices = Int32Array.from(this.#kept.splice(0, batchSize));
    return indices.length === 0 ? null : { indices };
  }

  observe(observation: Observation<'loss'>): void {
    this.#losses.record(observation);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      progress: this.#progress.stateDict(),
      order: this.#order.toArray(),
      losses: this.#losses.values.slice(),
      recent: this.#recent.stateDict(),
      kept: Int32Array.from(this.#kept),
    };
  }

  loadStateDict(state: StateDict): void {
    readVersion(this.name, state, 1);
    const { size } = this.#run;
    const progress = this.#progress.prepare(readState(state, 'progress'));
    const order = readPermutation(state, 'order', size);
    const losses = this.#losses.prepare(state, 'losses');
    const recent = this.#recent.prepare(readState(state, 'recent'));
    const kept = readSubset(state, 'kept', size);
    progress.commit();
    losses.commit();
    recent.commit();
    this.#order.restore(order, progress.drawn);
    this.#kept = Array.from(kept);
  }

  /** Brings the losses of the candidates up to date, as far as this epoch scores. */
  async #score(candidates: Int32Array, score: Scorer<'loss'>): Promise<void> {
    const { warmupEpochs, staleness } = this.#settings;
    const fresh = (this.#progress.epoch - warmupEpochs - 1) % staleness === 0;
    const due = fresh ? candidates : candidates.filter((index) => this.#losses.values[index] === -Infinity);
    if (due.length > 0) this.#losses.record(await score(due));
  }

  #filter(candidates: Int32Array): void {
    const losses = this.#losses.values;
    const { random } = this.#progress;
    // All candidates first, so that the distribution holds more than the first of them.
    for (const index of candidates) this.#recent.add(losses[index]!);
    for (const index of candidates) {
      const probability = this.#recent.cdf(losses[index]!) ** this.#settings.beta;
      if (random.float() < probability) this.#kept.push(index);
    }
  }
}
