/**
 * The analysis that runs in a page too: statistics of comparisons, and suspect labels.
 *
 * @packageDocumentation
 */
export {
  pairedDifference,
  seedMean,
  type PairedDifference,
  type SeedMean,
  type Verdict,
} from './report/analysis/statistics.js';
export { errorVerdict, interval, percent, percentEstimate, points } from './report/format.js';
export { effectiveShare } from './samples/effective-share.js';
export { suspects, type SampleEvidence } from './samples/suspects.js';
export { windowVerdict, type WindowVerdict } from './samples/window-verdict.js';
