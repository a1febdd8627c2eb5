/** Samples of a batch, as in the paper. */
export const BATCH_SIZE = 128;
/** Predicted labels that are remembered of each digit, as in the paper. */
export const WINDOW = 10;
