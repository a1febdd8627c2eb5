/** Notices a loop that calls `fit` for one epoch at a time with a selector that begins anew in each. */

declare const console: { warn(message: string): void };

interface Calls {
  last: number;
  warned: boolean;
}

const calls = new WeakMap<object, Calls>();

/** Whether calls are those of a loop that loses something between them. */
export interface OneCall {
  /** First and last epoch of the call. */
  readonly from: number;
  readonly to: number;
  /** True if the selector learns from what it observes. */
  readonly learns: boolean;
}

/**
 * Warns once a model. A selector that learns forgets between calls; one that does not deals the same batches again, unless
 * the epochs count on.
 */
export function warnOfOneEpochCalls(model: object, { from, to, learns }: OneCall): void {
  const before = calls.get(model);
  const single = to - from === 1;
  calls.set(model, { last: single ? from : -1, warned: before?.warned ?? false });
  if (!single || before === undefined || before.last < 0 || before.warned) return;
  if (!learns && from !== before.last) return;
  calls.set(model, { last: from, warned: true });
  console.warn(
    'fit: this model is trained by calls of one epoch each, and each call makes a new selector: ' +
      (learns ? 'what it learns is lost, and a warm-up never ends' : 'it deals the same batches every time') +
      '. Make it once before the loop, const session = selection(selector, { epochs }) with the epochs of all calls ' +
      'together, and give fit selector: session.',
  );
}
