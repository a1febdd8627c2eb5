/**
 * Confident learning (Northcutt, Jiang & Chuang 2021, arXiv 1911.00068): which labels are likely wrong, from probabilities by models
 * that have not seen the sample. Each class has a threshold, the mean probability of the class over the samples that are labelled
 * so; a sample that reaches the threshold of another class, and of none more probable, counts as one of that class.
 */

/** Probabilities and labels of all samples. */
export interface OutOfSample {
  /** Class of each sample, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
  /** [samples, classes], rows that sum to 1. */
  readonly probabilities: Float32Array;
}

/** For each class the mean probability of the class over its own samples; 1 for a class without any, which none then reaches. */
export function classThresholds({ labels, classes, probabilities }: OutOfSample): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Uint32Array(classes);
  labels.forEach((label, index) => {
    sums[label]! += probabilities[index * classes + label]!;
    counts[label]!++;
  });
  return sums.map((sum, c) => (counts[c] === 0 ? 1 : sum / counts[c]!));
}

/**
 * The class as which each sample counts: the most probable of those whose threshold it reaches; -1 for none. Where it is not the
 * sample's label, the label is likely wrong.
 */
export function confidentClasses(given: OutOfSample): Int32Array {
  const { labels, classes, probabilities } = given;
  const thresholds = classThresholds(given);
  return Int32Array.from(labels, (_, index) => {
    let best = -1;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[index * classes + c]!;
      if (p >= thresholds[c]! && (best < 0 || p > probabilities[index * classes + best]!)) best = c;
    }
    return best;
  });
}

/**
 * How much each sample speaks against its label, in [-2, 2]: the largest excess of another class over its threshold, less the excess of
 * the own class. It is the margin by probabilities from which the class thresholds were subtracted.
 */
export function labelDoubts(given: OutOfSample): Float64Array {
  const { labels, classes, probabilities } = given;
  const thresholds = classThresholds(given);
  return Float64Array.from(labels, (label, index) => {
    const excess = (c: number): number => probabilities[index * classes + c]! - thresholds[c]!;
    let most = -Infinity;
    for (let c = 0; c < classes; c++) if (c !== label) most = Math.max(most, excess(c));
    return most - excess(label);
  });
}
