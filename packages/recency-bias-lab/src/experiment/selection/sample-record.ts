/** The record of each training sample during a run, besides its window of predicted labels. */
import type { LabelHistory, TrainingRun } from 'recency-bias';
import { UNCERTAINTY_LEVELS, UNCERTAINTY_POINTS, UNSEEN } from '../../records/schema.js';
import type { SampleState } from '../../records/schema.js';

/** The epochs after which uncertainty is kept: each one, or UNCERTAINTY_POINTS of them at equal distances. */
export function uncertaintyEpochs(epochs: number): Int32Array {
  const points = Math.min(epochs, UNCERTAINTY_POINTS);
  return Int32Array.from({ length: points }, (_, point) => Math.round(((point + 1) * epochs) / points));
}

/** The late part of a run is its second half, from this epoch (1-based) on. */
export function lateEpoch(epochs: number): number {
  return Math.floor(epochs / 2) + 1;
}

const MOST = 0xffff;

/**
 * Counts and sums of each sample, updated by every observation without allocating: 37 bytes a sample, and one for each of at
 * most 20 epochs whose uncertainty is kept.
 *
 * A sample is learnt when it is predicted right, and forgotten each time it is predicted wrong after it was predicted right
 * the time before (Toneva et al. 2019, arXiv 1812.05159).
 */
export class SampleRecord {
  readonly #labels: Int32Array;
  readonly #late: number;
  readonly #points: Int32Array;
  readonly #observed: Uint32Array;
  readonly #lateObserved: Uint32Array;
  readonly #lossSum: Float32Array;
  readonly #lateLossSum: Float32Array;
  readonly #lastLoss: Float32Array;
  readonly #confidenceSum: Float32Array;
  /** Absent in a run that an older version began without them: half a sum would mislead. */
  #confidenceSquareSum: Float32Array | undefined;
  #marginSum: Float32Array | undefined;
  readonly #timesForgotten: Uint16Array;
  readonly #epochLearnt: Uint16Array;
  readonly #right: Uint8Array;
  readonly #uncertainty: Uint8Array;

  /** @param labels the labels that the samples are trained with */
  constructor({ epochs }: Pick<TrainingRun, 'epochs'>, labels: Int32Array) {
    const size = labels.length;
    this.#labels = labels;
    this.#late = lateEpoch(epochs);
    this.#points = uncertaintyEpochs(epochs);
    this.#observed = new Uint32Array(size);
    this.#lateObserved = new Uint32Array(size);
    this.#lossSum = new Float32Array(size);
    this.#lateLossSum = new Float32Array(size);
    this.#lastLoss = new Float32Array(size);
    this.#confidenceSum = new Float32Array(size);
    this.#confidenceSquareSum = new Float32Array(size);
    this.#marginSum = new Float32Array(size);
    this.#timesForgotten = new Uint16Array(size);
    this.#epochLearnt = new Uint16Array(size);
    this.#right = new Uint8Array(size);
    this.#uncertainty = new Uint8Array(size * this.#points.length).fill(UNSEEN);
  }

  /**
   * The network's answer on a sample as it was trained in `epoch`.
   * @param loss the crossentropy, i.e. −ln of the probability of the sample's label
   * @param margin the logit of its label less the largest other
   */
  observe(index: number, predictedLabel: number, loss: number, margin: number, epoch: number): void {
    this.#observed[index]!++;
    this.#lossSum[index]! += loss;
    this.#lastLoss[index] = loss;
    const probability = Math.exp(-loss);
    this.#confidenceSum[index]! += probability;
    if (this.#confidenceSquareSum !== undefined) {
      this.#confidenceSquareSum[index]! += probability * probability;
      this.#marginSum![index]! += margin;
    }
    if (epoch >= this.#late) {
      this.#lateObserved[index]!++;
      this.#lateLossSum[index]! += loss;
    }
    const right = predictedLabel === this.#labels[index];
    if (right) {
      if (this.#epochLearnt[index] === 0) this.#epochLearnt[index] = Math.min(epoch, MOST);
      this.#right[index] = 1;
    } else if (this.#right[index] === 1) {
      if (this.#timesForgotten[index]! < MOST) this.#timesForgotten[index]!++;
      this.#right[index] = 0;
    }
  }

  /** Keeps the uncertainty of all samples after `epoch`, if it is one of those that are kept. */
  endEpoch(epoch: number, history: LabelHistory): void {
    const point = this.#points.indexOf(epoch);
    if (point < 0) return;
    const from = point * history.size;
    for (let i = 0; i < history.size; i++) {
      this.#uncertainty[from + i] =
        history.count(i) === 0 ? UNSEEN : Math.round(UNCERTAINTY_LEVELS * history.uncertainty(i));
    }
  }

  stateDict(): SampleState {
    return {
      version: 1,
      observed: this.#observed.slice(),
      lateObserved: this.#lateObserved.slice(),
      lossSum: this.#lossSum.slice(),
      lateLossSum: this.#lateLossSum.slice(),
      lastLoss: this.#lastLoss.slice(),
      confidenceSum: this.#confidenceSum.slice(),
      ...(this.#confidenceSquareSum !== undefined && {
        confidenceSquareSum: this.#confidenceSquareSum.slice(),
        marginSum: this.#marginSum!.slice(),
      }),
      timesForgotten: this.#timesForgotten.slice(),
      epochLearnt: this.#epochLearnt.slice(),
      right: this.#right.slice(),
      uncertaintyEpochs: this.#points.slice(),
      uncertainty: this.#uncertainty.slice(),
    };
  }

  loadStateDict(saved: SampleState): void {
    this.#observed.set(saved.observed);
    this.#lateObserved.set(saved.lateObserved);
    this.#lossSum.set(saved.lossSum);
    this.#lateLossSum.set(saved.lateLossSum);
    this.#lastLoss.set(saved.lastLoss);
    this.#confidenceSum.set(saved.confidenceSum);
    if (saved.confidenceSquareSum === undefined || saved.marginSum === undefined) {
      this.#confidenceSquareSum = undefined;
      this.#marginSum = undefined;
    } else {
      this.#confidenceSquareSum?.set(saved.confidenceSquareSum);
      this.#marginSum?.set(saved.marginSum);
    }
    this.#timesForgotten.set(saved.timesForgotten);
    this.#epochLearnt.set(saved.epochLearnt);
    this.#right.set(saved.right);
    this.#uncertainty.set(saved.uncertainty);
  }
}
