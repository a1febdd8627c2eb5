/** The verdict that several seeds allow. */
import {
  errorVerdict,
  interval,
  pairedDifference,
  points,
  type PairedDifference,
} from 'recency-bias-lab/browser';

/** Errors of both racers from the same start, after the last epoch. */
export interface SeedResult {
  readonly seed: number;
  readonly random: number;
  readonly recencyBias: number;
}

/** The paired difference of the errors, Recency Bias less Random. @param testSize errors come in steps of 1 / testSize */
export function difference(results: readonly SeedResult[], testSize: number): PairedDifference {
  return pairedDifference(
    results.map(({ recencyBias }) => recencyBias),
    results.map(({ random }) => random),
    1 / testSize,
  );
}

const MEANING = {
  lower: 'Recency Bias makes fewer errors here, beyond what chance explains.',
  higher: 'Recency Bias makes more errors here, beyond what chance explains.',
  'within the noise': 'The interval holds 0: chance alone may explain it. That is a result too.',
  'cannot tell': 'One seed cannot tell them apart.',
} as const;

/** The verdict in a sentence or two, with the report's words. */
export function verdictText(found: PairedDifference): string {
  const { n, mean, verdict } = found;
  if (mean === null) return 'No seed has finished yet.';
  const spread = n < 2 ? '' : ` (95 % interval ${interval(found)})`;
  return `Over ${n} ${n === 1 ? 'seed' : 'seeds'}: ${points(mean)} points of test error${spread}: ${errorVerdict(verdict, n)}. ${MEANING[verdict]}`;
}
