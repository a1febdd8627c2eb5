/** A non-finite loss: training cannot go on. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
  constructor(
    /** 1-based. */
    readonly epoch: number,
    /** 1-based within the epoch. */
    readonly step: number,
    /** Index of the first sample of the batch whose loss is not finite. */
    readonly index: number,
    readonly loss: number,
    hint: string,
  ) {
    super(
      `fit: the loss of sample ${index} is ${loss} in epoch ${epoch}, step ${step}; training stopped. ` +
        `Lower the learning rate or look at that sample.${hint}`,
    );
  }
}
