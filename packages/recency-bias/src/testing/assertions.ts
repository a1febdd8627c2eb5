/** The assertions of the contract suite, without a test runner. */
import type { Selection } from '../core/selector.js';

/** @throws Error with `message` unless `condition` holds. */
export function ensure(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** @throws Error with `message` when two runs trained other batches or weights. */
export function same(a: readonly Selection[], b: readonly Selection[], message: string): void {
  const text = (batches: readonly Selection[]): string =>
    batches.map(({ indices, weights }) => `${indices.join()}:${weights?.join() ?? ''}`).join('\n');
  ensure(text(a) === text(b), message);
}

/** @throws Error when the frequencies of draws from 24 samples do not agree with their probabilities; `where` names the draws. */
export function agree(counts: Float64Array, probabilities: Float64Array, where: string): void {
  const draws = counts.reduce((total, count) => total + count, 0);
  let statistic = 0;
  probabilities.forEach((p, i) => {
    statistic += (counts[i]! - p * draws) ** 2 / (p * draws);
  });
  // The 99.9 % quantile of chi-square with 23 degrees of freedom.
  ensure(statistic < 49.728, `${where}: chi-square is ${statistic} over 24 samples`);
}

/** @throws Error with `message` when `action` succeeds, or fails without saying why. */
export function throws(action: () => void, message: string): void {
  try {
    action();
  } catch (error) {
    checkError(error, message);
    return;
  }
  throw new Error(message);
}

/** The same for an action that may fail later. */
export async function rejects(action: () => unknown, message: string): Promise<void> {
  try {
    await action();
  } catch (error) {
    checkError(error, message);
    return;
  }
  throw new Error(message);
}

function checkError(error: unknown, message: string): void {
  if (!(error instanceof Error && error.message.length > 10)) {
    throw new Error(`${message}, or refuses it without saying why: ${String(error)}`);
  }
}
