import { Random } from '../core/random.js';
import { SIGNALS, type SignalDescription } from '../core/signals.js';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  TrainingRun,
} from '../core/selector.js';

/** Trains a made-up model, which says of a sample what depends on the sample and on how often it was trained. */
export class ToyTrainer {
  readonly selector: Selector;
  readonly log: Observation[] = [];

  constructor(
    factory: SelectorFactory,
    readonly run: TrainingRun,
    readonly model = new ToyModel(run.size, run.classes),
    past: readonly Observation[] = [],
  ) {
    this.selector = factory(run);
    for (const observation of past) this.selector.observe(observation);
  }

  readonly score: Scorer = (indices) => Promise.resolve(this.model.say(indices));

  select(batchSize: number): Selection | null | Promise<Selection | null> {
    return this.selector.select(batchSize, this.score);
  }

  observe(indices: Int32Array): void {
    const observation = this.model.say(indices);
    this.model.train(indices);
    this.log.push(observation);
    this.selector.observe(observation);
  }

  /** Selects, copies and observes a batch. */
  async step(batchSize: number): Promise<Selection | null> {
    const selection = await this.select(batchSize);
    if (selection === null) return null;
    const indices = selection.indices.slice();
    const copy = selection.weights ? { indices, weights: selection.weights.slice() } : { indices };
    this.observe(indices);
    return copy;
  }

  async finish(batchSize: number): Promise<Selection[]> {
    const batches: Selection[] = [];
    for (let batch = await this.step(batchSize); batch !== null; batch = await this.step(batchSize)) {
      batches.push(batch);
    }
    return batches;
  }

  epoch(epoch: number, batchSize: number): Promise<Selection[]> {
    this.selector.beginEpoch(epoch);
    return this.finish(batchSize);
  }

  /** The first `count` epochs. */
  async epochs(count: number, batchSize: number): Promise<Selection[]> {
    const batches: Selection[] = [];
    for (let epoch = 1; epoch <= count; epoch++)
      for (const batch of await this.epoch(epoch, batchSize)) batches.push(batch);
    return batches;
  }
}

/** Answers as of a network: low indices are easy samples, high indices hard ones. */
export class ToyModel {
  constructor(
    readonly size: number,
    readonly classes: number,
    readonly trained = new Uint32Array(size),
  ) {}

  copy(): ToyModel {
    return new ToyModel(this.size, this.classes, this.trained.slice());
  }

  train(indices: Int32Array): void {
    for (const index of indices) this.trained[index]!++;
  }

  say(indices: Int32Array): Observation {
    const rows = indices.length;
    const loss = new Float32Array(rows);
    const predictedLabel = new Int32Array(rows);
    const trueClassProbability = new Float32Array(rows);
    const gradNormBound = new Float32Array(rows);
    const boundaryDistance = new Float32Array(rows);
    const margin = new Float32Array(rows);
    indices.forEach((index, row) => {
      const random = new Random(index).split(String(this.trained[index]!));
      const p = random.float() ** (index / this.size);
      trueClassProbability[row] = p;
      loss[row] = -Math.log(Math.max(p, 1e-6));
      gradNormBound[row] = (1 - p) * Math.SQRT2;
      predictedLabel[row] = random.float() < p ? index % this.classes : random.int(this.classes);
      boundaryDistance[row] = (p - 0.5) * 0.8;
      margin[row] = (p - 0.5) * 10;
    });
    const batchLoss = new Float32Array(rows).fill(loss.reduce((sum, value) => sum + value, 0) / rows);
    return {
      indices,
      loss,
      batchLoss,
      predictedLabel,
      margin,
      trueClassProbability,
      gradNormBound,
      boundaryDistance,
    };
  }
}

/** Observations that a selector asking for `signals` must refuse in a run of `size` samples and `classes` classes. */
export function badObservations(
  signals: readonly Signal[],
  { size, classes }: TrainingRun,
): { what: string; observation: Observation }[] {
  if (signals.length === 0) return [];
  const indices = Int32Array.of(1, 2);
  const columns = Object.fromEntries(
    signals.map((signal) => {
      const { array, range }: SignalDescription = SIGNALS[signal];
      const [least, greatest] = range(classes);
      return [signal, array.of(least, greatest)];
    }),
  );
  const bad: { what: string; observation: Readonly<Record<string, unknown>> }[] = [
    { what: 'an index beyond the data', observation: { ...columns, indices: Int32Array.of(1, size) } },
    { what: 'a negative index', observation: { ...columns, indices: Int32Array.of(1, -1) } },
  ];
  for (const signal of signals) {
    const { array, range, slack }: SignalDescription = SIGNALS[signal];
    const [least, greatest] = range(classes);
    const add = (what: string, column: unknown): void => {
      bad.push({ what, observation: { ...columns, indices, [signal]: column } });
    };
    add(`a ${signal} too many`, array.of(least, least, least));
    add(`no ${signal}`, undefined);
    add(`a plain array of ${signal}`, [least, least]);
    const beyond = slack > 0 ? 0.1 : 1;
    const outside = [least - beyond, greatest + beyond].filter((value) => value < least || value > greatest);
    const never = array === Float32Array ? [NaN, Infinity, -Infinity] : [];
    for (const value of [...outside, ...never]) add(`${signal} ${value}`, array.of(least, value));
  }
  // Observations that break their type, as those of a trainer without types may.
  return bad as unknown as { what: string; observation: Observation }[];
}
