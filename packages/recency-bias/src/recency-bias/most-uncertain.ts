import { checkInteger } from '../core/validate.js';
import type { LabelHistory } from './label-history.js';

/** A sample that the network is unsure of. */
export interface UncertainSample {
  /** The sample. */
  readonly index: number;
  /** Its uncertainty F, in [0, 1]. */
  readonly uncertainty: number;
  /** Its last predicted labels, the oldest first. */
  readonly window: readonly number[];
}

/**
 * The samples whose predictions disagree most at the moment, the most uncertain first; of equals, the first in the data. Samples
 * that were never seen are left out.
 *
 * @param selector a selector of `recencyBias`, or whatever keeps a `LabelHistory`
 * @param count how many at the most, at least 1
 * @throws TypeError or RangeError for another count
 */
export function mostUncertain(
  { history }: { readonly history: LabelHistory },
  count: number,
): UncertainSample[] {
  checkInteger('mostUncertain: count', count, 1);
  const found: { readonly index: number; readonly uncertainty: number }[] = [];
  for (let index = 0; index < history.size; index++) {
    if (history.count(index) === 0) continue;
    const uncertainty = history.uncertainty(index);
    if (found.length === count && uncertainty <= found[count - 1]!.uncertainty) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.uncertainty < uncertainty) at--;
    found.splice(at, 0, { index, uncertainty });
    if (found.length > count) found.pop();
  }
  return found.map((sample) => ({ ...sample, window: history.labels(sample.index) }));
}
