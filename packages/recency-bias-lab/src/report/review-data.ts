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
  /** Mean probability of the label over training, in [0, 1]. */
  readonly confidence: number;
  /** The last predicted labels, oldest first. */
  readonly window: readonly number[];
  readonly decision: ReviewDecision;
}

/** All that the page shows. */
export interface ReviewData {
  readonly classNames: readonly string[];
  readonly photos: readonly ReviewPhoto[];
}

/** A decision on its way to the server. */
export interface ReviewRequest {
  /** Of the photo in the data set. */
  readonly index: number;
  readonly decision: ReviewDecision;
}
