/** A selector that lives across calls of `fit`. */
import type { Selector, SelectorFactory, Signal, StateDict, TrainingRun } from '../core/selector.js';
import { checkInteger, checkKeys } from '../core/validate.js';
import { readInteger, readState, readVersion } from '../core/state-fields.js';

/** The facts of the whole run that `selection` is given. */
export interface SessionOptions {
  /** Number of epochs of all calls together; selectors schedule by it. */
  readonly epochs: number;
  /** Seed of the selection, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
}

const VERSION = 1;

/**
 * One selector for several calls of `fit` on the same data. Epochs count on from call to call, whatever `initialEpoch`
 * and `epochs` of a call are.
 */
export class SelectionSession<S extends Signal = Signal, R extends Selector<S> = Selector<S>> {
  /** Epochs begun in all calls together. */
  private begun = 0;
  private live: R | null = null;
  private run: TrainingRun | null = null;
  private saved: StateDict | null = null;

  constructor(
    private readonly factory: SelectorFactory<S, R>,
    private readonly options: Required<SessionOptions>,
  ) {}

  /** Number of epochs of all calls together. */
  get epochs(): number {
    return this.options.epochs;
  }

  /** Epochs begun so far. */
  get epoch(): number {
    return this.begun;
  }

  /** Seed of the selection. */
  get seed(): number {
    return this.options.seed;
  }

  /** The selector; null before the first call of `fit`. */
  get selector(): R | null {
    return this.live;
  }

  /**
   * The selector for a call of `fit`; made by the first.
   *
   * @throws RangeError when the call has other data than the calls before.
   */
  selectorFor({ size, classes }: Pick<TrainingRun, 'size' | 'classes'>): R {
    const { run } = this;
    if (run !== null && (run.size !== size || run.classes !== classes)) {
      throw new RangeError(
        `fit: the session selects among ${run.size} samples of ${run.classes} classes, but this call has ${size} of ${classes}; ` +
          'make a session for each data set.',
      );
    }
    if (this.live === null) {
      this.run = { size, classes, ...this.options };
      const made = this.factory(this.run);
      if (this.saved !== null) made.loadStateDict(this.saved);
      this.saved = null;
      this.live = made;
    }
    return this.live;
  }

  /** @throws RangeError when the session has not so many epochs left. */
  checkLeft(epochs: number): void {
    if (this.begun + epochs <= this.epochs) return;
    throw new RangeError(
      `fit: the session is made for ${this.epochs} epochs, of which ${this.begun} have begun, but this call has ${epochs}; ` +
        'give selection(...) the epochs of all calls together.',
    );
  }

  /** Begins the next epoch. */
  beginEpoch(): void {
    this.begun++;
    this.live!.beginEpoch(this.begun);
  }

  /** Everything needed to go on between two calls, as plain data. The model has its own: `captureModel`. */
  stateDict(): StateDict {
    return { version: VERSION, epoch: this.begun, selector: this.live?.stateDict() ?? this.saved };
  }

  /**
   * Restores what `stateDict` returned, into a session made with the same selector and options.
   *
   * @throws TypeError or RangeError when it is no such state; a state of another selector is refused by the next `fit` at
   *   the latest.
   */
  loadStateDict(state: StateDict): void {
    readVersion('session', state, VERSION);
    const begun = readInteger(state, 'epoch', 0, this.epochs);
    const selector = state.selector === null ? null : readState(state, 'selector');
    if (this.live !== null && selector !== null) this.live.loadStateDict(selector);
    else this.saved = selector;
    this.begun = begun;
  }
}

/**
 * Makes a selection that lives across calls of `fit`, for training loops of one's own that call `fit` for an epoch or a few
 * at a time. Give it as `selector`:
 *
 * ```ts
 * const session = selection(recencyBias(), { epochs: 40 });
 * for (let epoch = 0; epoch < 40; epoch++) await fit(model, xs, ys, { epochs: 1, selector: session });
 * ```
 *
 * @param factory The method, as `fit` takes it: `recencyBias({ window: 10 })`.
 * @param options `epochs`, of all calls together, and `seed`.
 * @throws TypeError or RangeError when `factory` is no factory or an option is out of range.
 */
export function selection<S extends Signal, R extends Selector<S>>(
  factory: SelectorFactory<S, R>,
  options: SessionOptions,
): SelectionSession<S, R> {
  if (typeof factory !== 'function') {
    throw new TypeError('selection: give a selector factory such as recencyBias({ window: 10 }).');
  }
  checkKeys('selection', options, ['epochs', 'seed']);
  const epochs = checkInteger('selection: epochs', options.epochs, 1);
  const seed = checkInteger('selection: seed', options.seed ?? 0, 0, 2 ** 32 - 1);
  return new SelectionSession(factory, { epochs, seed });
}
