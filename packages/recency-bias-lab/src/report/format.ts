/** Numbers as people read them. */
import type { SeedMean, PairedDifference, Verdict } from './analysis/statistics.js';

export { count, listed, plural } from './analysis/words.js';

const MINUS = '−';

/** Shown where there is no value. */
export const NONE = '–';

/** Fixed decimals with a true minus sign and no negative zero. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** As `fixed`, with a plus sign for positive values. */
export function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A fraction as a percentage without its sign: 0.0127 is `1.27`. */
export function percent(fraction: number, decimals = 2): string {
  return fixed(100 * fraction, decimals);
}

/** Mean ± standard error in percent, without the percent sign: `1.27 ± 0.05`, or `1.27` for one seed. */
export function percentEstimate(estimate: SeedMean | null): string {
  if (estimate === null) return NONE;
  const { mean, standardError } = estimate;
  return standardError === null ? percent(mean) : `${percent(mean)} ± ${percent(standardError)}`;
}

/** A fraction with its standard error as `24.6 % ± 1.3`, or `24.6 %` without one. */
export function percentage(fraction: number, standardError: number | null): string {
  const spread = standardError === null ? '' : ` ± ${percent(standardError, 1)}`;
  return `${percent(fraction, 1)} %${spread}`;
}

/** A relative change with its sign: a reduction of 0.031 is `−3.1 %`. */
export function change(reduction: number | null): string {
  return reduction === null ? NONE : `${signed(-100 * reduction, 1)} %`;
}

/** A difference of errors in percentage points, with as many decimals as it takes not to show 0. */
export function points(fraction: number): string {
  const value = 100 * fraction;
  return signed(value, value !== 0 && Math.abs(value) < 0.005 ? 4 : 2);
}

/** The 95 % interval of a difference of errors, in percentage points. */
export function interval({ low, high }: PairedDifference): string {
  return low === null || high === null ? NONE : `${points(low)} to ${points(high)}`;
}

/** A verdict on errors (`lower` is better) as a word. */
export function errorVerdict(verdict: Verdict, seeds: number): string {
  return verdict === 'cannot tell' && seeds === 1 ? 'cannot tell (1 seed)' : verdict;
}

/** A verdict on times as a word. */
export function timeVerdict(verdict: Verdict): string {
  if (verdict === 'lower') return 'faster';
  return verdict === 'higher' ? 'slower' : verdict;
}

/** Seconds as `41.2 s`, `3 min 05 s` or `2 h 04 min`. */
export function duration(seconds: number): string {
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
