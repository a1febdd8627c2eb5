/** A selector at work, and the memory of its current epoch from which the epoch can be drawn again. */
import {
  alternate,
  createSelector,
  decodeState,
  encodeState,
  withBatchLoss,
  withSmoothing,
  withWarmup,
} from 'recency-bias';
import type {
  Observation,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  StateDict,
  TrainingRun,
} from 'recency-bias';
import type { Column, Columns } from './frames.js';

/** Scores samples by a forward pass of the trainer. */
export type Score = (indices: Int32Array) => Columns;

/** Batches of an epoch, laid end to end. */
interface Drawn {
  readonly lengths: Int32Array;
  readonly indices: Int32Array;
  /** One weight a sample; absent where no batch has weights. */
  readonly weights?: Float32Array;
}

const version = 1;

/** A wrapper of selectors by name, and its options. */
export type Wrapper = readonly [name: string, options: object];

const WRAPPERS: Readonly<Record<string, (inner: SelectorFactory, options: never) => SelectorFactory>> = {
  'with-warmup': withWarmup,
  'with-smoothing': withSmoothing,
  'with-batch-loss': withBatchLoss,
  alternate,
};

/** The factory in its wrappers, the first of them innermost. @throws RangeError for an unknown name */
function wrap(factory: SelectorFactory, wrappers: readonly Wrapper[]): SelectorFactory {
  return wrappers.reduce((inner, [name, options]) => {
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (wrapper === undefined) {
      throw new RangeError(`wrapper '${name}' is unknown. There are ${Object.keys(WRAPPERS).join(', ')}.`);
    }
    return wrapper(inner, options as never);
  }, factory);
}

export class Session {
  readonly #selector: Selector;
  readonly #score: Score;
  /** The state in which the epoch began. */
  #start: StateDict | null = null;
  /** Draws and observations since, in their order. */
  #log: StateDict[] = [];
  /** Whether a draw of this epoch looked at the model, so that it cannot be repeated without it. */
  #scored = false;

  constructor(name: string, options: object, wrappers: readonly Wrapper[], run: TrainingRun, score: Score) {
    this.#score = score;
    this.#selector = wrap(createSelector(name, options), wrappers)(run);
  }

  get signals(): readonly Signal[] {
    return this.#selector.signals;
  }

  begin(epoch: number): void {
    this.#selector.beginEpoch(epoch);
    this.#start = this.#selector.stateDict();
    this.#log = [];
    this.#scored = false;
  }

  /** Draws at most `most` batches; fewer where the epoch ends. */
  async draw(batchSize: number, most: number): Promise<Drawn> {
    const selections: Selection[] = [];
    while (selections.length < most) {
      const selection = await this.#selector.select(batchSize, this.#scorer);
      if (selection === null) break;
      // The batch is the selector's own buffer until the next call.
      const { indices, weights } = selection;
      selections.push({ indices: indices.slice(), ...(weights && { weights: weights.slice() }) });
    }
    if (selections.length > 0) this.#log.push({ version, batchSize, batches: selections.length });
    return layOut(selections);
  }

  /** Hands a measurement to the selector. */
  observe(observation: Columns): void {
    this.#selector.observe(observation as unknown as Observation);
    this.#log.push({ version, observation: { version, ...observation } });
  }

  probabilities(): Float64Array | undefined {
    return this.#selector.probabilities?.();
  }

  /** Uncertainty of each sample, for selectors that know one. */
  uncertainty(): Float64Array | undefined {
    const { uncertainty } = this.#selector as { uncertainty?: () => Float64Array };
    return uncertainty?.call(this.#selector);
  }

  /** Everything needed to go on, as bytes: the state in which the epoch began and what came since. */
  state(): Uint8Array {
    const replay = this.#start !== null && !this.#scored;
    return encodeState({
      version,
      state: replay ? this.#start : this.#selector.stateDict(),
      log: replay ? this.#log : null,
    });
  }

  /**
   * Restores a state and brings the epoch to where it was.
   * @param batches how many batches of the epoch are behind; more may have been drawn ahead
   */
  async load(bytes: Uint8Array, batches: number): Promise<void> {
    let left = batches;
    for (const entry of this.#restore(bytes)) {
      if (entry.observation !== undefined) this.observe(entry.observation as unknown as Columns);
      else {
        const count = Math.min(left, Number(entry.batches));
        if (count > 0) await this.draw(Number(entry.batchSize), count);
        left -= count;
      }
    }
  }

  /** Restores a state, draws its whole epoch again, and observes again what was observed. */
  async redraw(bytes: Uint8Array, batchSize: number): Promise<Drawn> {
    const log = this.#restore(bytes);
    const drawn = await this.draw(batchSize, Infinity);
    for (const { observation } of log) {
      if (observation !== undefined) this.observe(observation as unknown as Columns);
    }
    return drawn;
  }

  /** Goes back to where a saved epoch began. @returns what came since */
  #restore(bytes: Uint8Array): readonly StateDict[] {
    const { state, log } = decodeState(bytes) as unknown as { state: StateDict; log: StateDict[] | null };
    this.#selector.loadStateDict(state);
    this.#start = log === null ? null : state;
    this.#log = [];
    this.#scored = log === null;
    return log ?? [];
  }

  readonly #scorer: Scorer = (indices) => {
    this.#scored = true;
    const scored = this.#score(indices);
    return Promise.resolve({
      ...scored,
      indices: (scored.indices as Int32Array | undefined) ?? indices,
    } as never);
  };
}

function layOut(selections: readonly Selection[]): Drawn {
  const lengths = Int32Array.from(selections, ({ indices }) => indices.length);
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const indices = new Int32Array(size);
  const weighted = selections.some(({ weights }) => weights !== undefined);
  const weights = new Float32Array(weighted ? size : 0).fill(1);
  let at = 0;
  for (const selection of selections) {
    indices.set(selection.indices, at);
    if (selection.weights !== undefined) weights.set(selection.weights, at);
    at += selection.indices.length;
  }
  return { lengths, indices, ...(weighted && { weights }) };
}

/** Arrays of a drawn stretch of an epoch, for a frame. */
export function columnsOf(drawn: Drawn): Columns {
  const columns: Record<string, Column> = { lengths: drawn.lengths, indices: drawn.indices };
  if (drawn.weights !== undefined) columns.weights = drawn.weights;
  return columns;
}
