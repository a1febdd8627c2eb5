/** Updates of a training that runs, for a display: plain data, which a worker may post to its page. */

/** Logs of an epoch that has ended, as `model.fit` has them. */
export interface LiveEpoch {
  /** 1-based. */
  readonly epoch: number;
  /** `loss`, `acc`, `val_loss` and so on. */
  readonly logs: Readonly<Record<string, number>>;
}

/** A sample whose last predictions disagree. */
export interface LiveSample {
  readonly index: number;
  /** In [0, 1]. */
  readonly uncertainty: number;
  /** Last predicted labels, the oldest first. */
  readonly window: readonly number[];
  /** Its label; absent where labels were not given. */
  readonly label?: number;
}

/** The composition of the latest batches. */
export interface LiveComposition {
  /** Samples in these batches. */
  readonly drawn: number;
  /** Share of the drawn samples, and of all samples seen so far, by uncertainty: none, then thirds of (0, 1]; each sums to 1. */
  readonly byUncertainty: readonly { readonly drawn: number; readonly all: number }[];
  /** The same by label, where labels were given. */
  readonly byLabel?: readonly { readonly drawn: number; readonly all: number }[];
}

/** The state of a training at a moment. */
export interface LiveUpdate {
  /** 1-based epoch and step within it; 0 before the first. */
  readonly epoch: number;
  readonly step: number;
  /** Samples trained so far. */
  readonly trainedSamples: number;
  readonly epochs: readonly LiveEpoch[];
  /** The most uncertain, most uncertain first. */
  readonly uncertain: readonly LiveSample[];
  /** Absent before the first batch, and for selectors that keep no predicted labels. */
  readonly composition?: LiveComposition;
  readonly hasEnded: boolean;
}
