/** Messages between the page of a review and its server. */

/** A decision on a photo: its label is right; it is of another class; it is to be left out; nothing yet. */
export type ReviewDecision =
  { readonly kind: 'accept' | 'leaveOut' | 'none' } | { readonly kind: 'label'; readonly label: string };

/** A training photo whose label is likely wrong. Labels are indices of classes. */
export interface ReviewPhoto {
  readonly index: number;
  /** Path below the data set's folder. */
  readonly file: string;
  readonly label: number;
  /** The label that the network says, and the share of its last predictions that say so, in (0, 1]. */
  readonly says: number;
  readonly share: number;
  /** Whether the label is called likely wrong; other suspects are doubtful. */
  readonly isLikely: boolean;
  /** Mean probability of the label over training, in [0, 1]. */
  readonly confidence: number;
  /** The last predicted labels, oldest first. */
  readonly window: readonly number[];
  readonly decision: ReviewDecision;
}

/** All that the page shows. */
export interface ReviewData {
  /** Of the run and the file of labels: what the browser keeps of one review is not taken for another. */
  readonly key: string;
  readonly classNames: readonly string[];
  readonly photos: readonly ReviewPhoto[];
}

/** Decisions in a request at most. */
export const REVIEW_BATCH = 50;

/** Decisions on their way to the server, which takes all of them or none. */
export interface ReviewRequest {
  /** At most REVIEW_BATCH, one a photo. */
  readonly decisions: readonly {
    /** Of the photo in the data set. */
    readonly index: number;
    readonly decision: ReviewDecision;
  }[];
}
