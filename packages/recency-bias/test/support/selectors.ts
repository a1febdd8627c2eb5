/** Small selectors that satisfy the contract, for tests of the trainer. */
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  StateDict,
  TrainingRun,
} from '../../src/core/selector.js';

/** The properties that a test wants of its selector. */
export interface ProbeOptions<S extends Signal> {
  readonly signals?: readonly S[];
  /** Weight of a sample. */
  readonly weight?: (index: number) => number;
  /** Draw batches by a seeded generator instead of in order. */
  readonly shuffled?: boolean;
  /** Score twice the batch and keep the samples with the highest loss. */
  readonly twoStage?: boolean;
  /** Batches an epoch; the default covers the data once. */
  readonly batches?: number;
  /** Samples a batch; the default is what is left of the data. */
  readonly rows?: number;
}

/** A selector that records what happens to it; its draws depend on what it observed. */
export class ProbeSelector<S extends Signal> implements Selector<S> {
  readonly name = 'probe';
  readonly signals: readonly S[];
  /** Events in order: `epoch 1`, `select 0,1,2`, `observe 0,1,2`. */
  readonly events: string[] = [];
  readonly observations: Observation<S>[] = [];
  readonly selections: Int32Array[] = [];
  private position = 0;
  private state: number;

  constructor(
    readonly run: TrainingRun,
    private readonly options: ProbeOptions<S>,
  ) {
    this.signals = options.signals ?? [];
    this.state = (run.seed ^ 0x9e3779b9) >>> 0;
  }

  beginEpoch(epoch: number): void {
    this.events.push(`epoch ${epoch}`);
    this.position = 0;
  }

  async select(batchSize: number, score: Scorer<S>): Promise<Selection | null> {
    const { size } = this.run;
    const batches = this.options.batches ?? Math.ceil(size / batchSize);
    if (this.position >= batches) return null;
    const from = this.position * batchSize;
    this.position++;
    const rows = this.options.rows ?? Math.min(batchSize, size - from);
    let indices = this.options.shuffled
      ? this.draw(this.options.twoStage ? 2 * batchSize : rows)
      : Int32Array.from({ length: rows }, (_, i) => from + i);
    if (this.options.twoStage) {
      const scores = (await score(indices)) as unknown as Observation<'loss'>;
      const order = [...indices.keys()].sort((a, b) => scores.loss[b]! - scores.loss[a]! || a - b);
      indices = Int32Array.from(order.slice(0, batchSize), (i) => scores.indices[i]!);
    }
    this.events.push(`select ${indices.join()}`);
    this.selections.push(indices.slice());
    const { weight } = this.options;
    return weight === undefined ? { indices } : { indices, weights: Float32Array.from(indices, weight) };
  }

  observe(observation: Observation<S>): void {
    this.events.push(`observe ${observation.indices.join()}`);
    this.observations.push(structuredClone(observation));
    // Observations move the generator on, so that a lost or repeated observation shows in later draws.
    const first = this.signals[0];
    const column = first === undefined ? [0] : observation[first];
    for (const value of column) this.advance(Math.round(value * 1e6));
  }

  stateDict(): StateDict {
    return { version: 1, position: this.position, state: this.state };
  }

  loadStateDict(state: StateDict): void {
    this.position = state.position as number;
    this.state = state.state as number;
  }

  private advance(salt: number): number {
    this.state = (Math.imul(this.state ^ (salt >>> 0), 1664525) + 1013904223) >>> 0;
    return this.state;
  }

  private draw(rows: number): Int32Array {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(rows, this.run.size)) chosen.add((this.advance(0) >>> 8) % this.run.size);
    return Int32Array.from(chosen);
  }
}

/** A factory of `ProbeSelector`; `made` holds the selectors it made. */
export function probe<S extends Signal = never>(
  options: ProbeOptions<S> = {},
): SelectorFactory<S, ProbeSelector<S>> & { readonly made: ProbeSelector<S>[] } {
  const made: ProbeSelector<S>[] = [];
  const factory = (run: TrainingRun): ProbeSelector<S> => {
    const selector = new ProbeSelector(run, options);
    made.push(selector);
    return selector;
  };
  return Object.assign(factory, { made });
}

/** A selector that returns what it is told. */
export function returning(selection: (size: number) => unknown): SelectorFactory {
  return ({ size }) => ({
    name: 'odd',
    signals: [],
    beginEpoch: () => undefined,
    select: () => selection(size) as Selection,
    observe: () => undefined,
    stateDict: () => ({ version: 1 }),
    loadStateDict: () => undefined,
  });
}
