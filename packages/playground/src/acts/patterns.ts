/** The count patterns of full windows, and draws from them at any pressure. */
import { recencyBias, type LabelHistory } from 'recency-bias';
import { effectiveShare } from 'recency-bias-lab/browser';

/** All samples whose windows have the same counts. */
export interface Pattern {
  /** How often each label occurs, in descending order: 7, 2, 1. */
  readonly counts: readonly number[];
  readonly uncertainty: number;
  readonly samples: number;
  /** How many times as likely a sample of it is to be drawn as one whose window agrees. */
  readonly chance: number;
}

/** Draws batches at a constant pressure from windows as they are at the moment, by the library's own selector. */
export class PatternDraws {
  readonly patterns: readonly Pattern[];
  /** The number of samples that equal chances would have to be spread over to be as concentrated. */
  readonly effectiveSize: number;
  readonly #patternOf: Int32Array;
  readonly #selector: ReturnType<ReturnType<typeof recencyBias>>;
  #epoch = 2;

  /**
   * @param history windows that all hold as many labels, at least 1
   * @param pressure how many times as likely the least certain sample is as the most certain, at least 1
   */
  constructor(history: LabelHistory, pressure: number, seed: number) {
    const { size, classes, window } = history;
    const factory = recencyBias({
      window,
      selectionPressure: { kind: 'constant', from: pressure },
      warmupEpochs: 1,
    });
    this.#selector = factory({ size, classes, epochs: 1_000_000, seed });
    const windows = Array.from({ length: size }, (_, i) => history.labels(i));
    const filled = windows[0]!.length;
    const indices = Int32Array.from({ length: size }, (_, i) => i);
    for (let slot = 0; slot < filled; slot++) {
      const predictedLabel = Int32Array.from(windows, (labels) => labels[slot]!);
      this.#selector.observe({ indices, predictedLabel });
    }
    this.#selector.beginEpoch(this.#epoch);

    const probabilities = this.#selector.probabilities();
    this.effectiveSize = effectiveShare(probabilities) * size;
    const numbers = countPatterns(history, filled);
    const columnOf = new Map(numbers.map((number, column) => [number, column]));
    this.#patternOf = Int32Array.from(indices, (i) => columnOf.get(history.countClass(i)) ?? 0);
    const samples = new Int32Array(numbers.length);
    for (const column of this.#patternOf) samples[column]!++;
    const uncertainties = numbers.map((number) => history.classUncertainty![number]!);
    this.patterns = numbers.map((number, column) => ({
      counts: history.countClasses!.counts[number]!,
      uncertainty: uncertainties[column]!,
      samples: samples[column]!,
      // P is proportional to pressure^F, up to the quantisation by 1 / N.
      chance: pressure ** uncertainties[column]!,
    }));
  }

  /** The column of a sample's pattern. */
  column(index: number): number {
    return this.#patternOf[index]!;
  }

  /** Each sample's probability of being the next draw. */
  probabilities(): Float64Array {
    return this.#selector.probabilities();
  }

  /** The next batch. */
  draw(batchSize: number): Int32Array {
    let selection = this.#selector.select(batchSize);
    // The last batch of an epoch is what is left of it.
    if (selection === null || selection.indices.length < batchSize) {
      this.#selector.beginEpoch(++this.#epoch);
      selection = this.#selector.select(batchSize);
    }
    return selection!.indices.slice();
  }
}

/** The numbers of the count classes of windows that hold `filled` labels, the most certain first. */
function countPatterns({ countClasses, classUncertainty }: LabelHistory, filled: number): number[] {
  if (countClasses === null || classUncertainty === null)
    throw new RangeError('the window is too long for patterns');
  return countClasses.counts
    .map((counts, number) => ({ number, total: counts.reduce((sum, count) => sum + count, 0) }))
    .filter(({ total }) => total === filled)
    .map(({ number }) => number)
    .sort((a, b) => classUncertainty[a]! - classUncertainty[b]! || a - b);
}
