/** A run's record of each of its training samples. */
import { LabelHistory } from 'recency-bias';
import { UNCERTAINTY_LEVELS, UNSEEN } from '../records/schema.js';
import type { SampleRecordFile } from '../records/schema.js';
import { windowVerdict, type WindowVerdict } from './window-verdict.js';

export type { WindowVerdict } from './window-verdict.js';

/** The sample record of a run, one row a training sample. Rows are computed when they are asked for. */
export class SampleTable {
  /** Number of samples. */
  readonly size: number;
  readonly classes: number;
  /** Epochs completed. */
  readonly epoch: number;
  /** The labels with which the samples were trained. */
  readonly labels: Int32Array;
  readonly history: LabelHistory;
  readonly timesDrawn: Uint32Array;
  /** The epochs after which uncertainty is known, the last one being now. */
  readonly uncertaintyEpochs: readonly number[];
  readonly #samples: SampleRecordFile['samples'];

  /** @throws RangeError or TypeError when the record is not of as many samples throughout */
  constructor({ epoch, labels, history, timesDrawn, samples }: SampleRecordFile) {
    this.size = labels.length;
    this.classes = history.classes;
    this.epoch = epoch;
    this.labels = labels;
    this.history = new LabelHistory(this.size, history.classes, history.window);
    this.history.loadStateDict(history);
    this.timesDrawn = timesDrawn;
    this.#samples = samples;
    this.uncertaintyEpochs = [...[...samples.uncertaintyEpochs].filter((kept) => kept < epoch), epoch];
    const expected = this.size * samples.uncertaintyEpochs.length;
    for (const [name, column] of Object.entries({ timesDrawn, ...samples })) {
      if (typeof column === 'number' || name === 'uncertaintyEpochs') continue;
      const length = name === 'uncertainty' ? expected : this.size;
      if (column.length !== length)
        throw new RangeError(`${name} has ${column.length} values, not ${length}`);
    }
  }

  /** How often the sample was trained and measured. */
  observed(index: number): number {
    return this.#samples.observed[index]!;
  }

  /** The last predicted labels, oldest first. */
  window(index: number): number[] {
    return this.history.labels(index);
  }

  /** Normalised entropy of the window, in [0, 1]. */
  uncertainty(index: number): number {
    return this.history.uncertainty(index);
  }

  /**
   * Uncertainty after each of `uncertaintyEpochs`, in steps of 1/254 but for that of now; null where the sample had not been
   * seen.
   */
  uncertaintyOverTime(index: number): (number | null)[] {
    const now = this.uncertaintyEpochs.length - 1;
    return this.uncertaintyEpochs.map((_, point) => {
      if (point === now) return this.history.count(index) === 0 ? null : this.uncertainty(index);
      const level = this.#samples.uncertainty[point * this.size + index]!;
      return level === UNSEEN ? null : level / UNCERTAINTY_LEVELS;
    });
  }

  /** The network's answer: the label most frequent in the window, of equals the one predicted last. */
  verdict(index: number): WindowVerdict {
    return windowVerdict(this.window(index));
  }

  /** Share of the window that agrees with the sample's label, in [0, 1]; 0 for an empty window. */
  agreement(index: number): number {
    const window = this.window(index);
    const label = this.labels[index];
    return window.length === 0 ? 0 : window.filter((predicted) => predicted === label).length / window.length;
  }

  /** Mean loss over all observations; null when there is none. */
  meanLoss(index: number): number | null {
    const observed = this.observed(index);
    return observed === 0 ? null : this.#samples.lossSum[index]! / observed;
  }

  /** Mean loss over the observations of the run's second half; null when there is none. */
  lateLoss(index: number): number | null {
    const observed = this.#samples.lateObserved[index]!;
    return observed === 0 ? null : this.#samples.lateLossSum[index]! / observed;
  }

  /** Loss when last observed; null when never. */
  lastLoss(index: number): number | null {
    return this.observed(index) === 0 ? null : this.#samples.lastLoss[index]!;
  }

  /**
   * Mean over all observations of the probability that the network gave to the sample's label (“confidence” of Swayamdipta
   * et al. 2020, arXiv 2009.10795); null when there is none.
   */
  confidence(index: number): number | null {
    const observed = this.observed(index);
    return observed === 0 ? null : this.#samples.confidenceSum[index]! / observed;
  }

  /**
   * Standard deviation over all observations of the same probability (“variability” of Swayamdipta et al. 2020); null when there is
   * none, or in a record of an earlier version.
   */
  variability(index: number): number | null {
    const observed = this.observed(index);
    const squares = this.#samples.confidenceSquareSum;
    if (observed === 0 || squares === undefined) return null;
    const mean = this.#samples.confidenceSum[index]! / observed;
    return Math.sqrt(Math.max(0, squares[index]! / observed - mean * mean));
  }

  /**
   * Mean over all observations of the margin, the logit of the sample's label less the largest other: the area under the margin of
   * Pleiss et al. 2020 (arXiv 2001.10528). Null when there is none, or in a record of an earlier version.
   */
  meanMargin(index: number): number | null {
    const observed = this.observed(index);
    const sum = this.#samples.marginSum;
    return observed === 0 || sum === undefined ? null : sum[index]! / observed;
  }

  /** How often the sample was forgotten: predicted wrong after it was predicted right the time before. */
  timesForgotten(index: number): number {
    return this.#samples.timesForgotten[index]!;
  }

  /** The epoch in which the sample was first predicted right; null for never. */
  epochLearnt(index: number): number | null {
    const epoch = this.#samples.epochLearnt[index]!;
    return epoch === 0 ? null : epoch;
  }
}
