/** Ways of holding samples out. */

/** `halves`: two models, each on one half of the training samples; `rest`: one on data that the experiment leaves out. */
export type HoldoutKind = 'halves' | 'rest';
export const HOLDOUT_KINDS: readonly HoldoutKind[] = ['halves', 'rest'];
