/** Notices a loop that calls `fit` for one epoch at a time with a selector that begins anew in each. */

declare const console: { warn(message: string): void };

/** A call of `fit` that has trained. */
export interface OneCall {
  /** `initialEpoch` and `epochs` of the call. */
  readonly from: number;
  readonly to: number;
  /** Number of samples. */
  readonly size: number;
  /** True if the selector learns from what it observes. */
  readonly learns: boolean;
}

const lastCall = new WeakMap<object, OneCall>();
const warned = new WeakSet<object>();

/**
 * Warns once a model. A selector that learns forgets between calls; one that does not deals the same batches again, unless
 * the epochs count on.
 */
export function warnOfOneEpochCalls(model: object, call: OneCall): void {
  if (warned.has(model)) return;
  const before = lastCall.get(model);
  lastCall.set(model, call);
  if (before?.size !== call.size || !isOne(before) || !isOne(call)) return;
  if (!call.learns && call.from !== before.from) return;
  warned.add(model);
  console.warn(
    'fit: this model is trained by calls of one epoch each, and each call makes a new selector: ' +
      (call.learns
        ? 'what it learns is lost, and a warm-up never ends'
        : 'it deals the same batches every time') +
      '. Make it once before the loop, const session = selection(selector, { epochs }) with the epochs of all calls ' +
      'together, and give fit selector: session.',
  );
}

function isOne({ from, to }: OneCall): boolean {
  return to - from === 1;
}
