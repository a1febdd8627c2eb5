/**
 * Compare methods from a program, and read records.
 *
 * @packageDocumentation
 */
export { compare, type CompareOptions } from './experiment/processes/compare-experiment.js';
export type { ExperimentInput } from './experiment/document/schema.js';
export type { Shard } from './records/shard.js';
export { analyse, type Analysis, type Results } from './report/analysis/results.js';
export type { Comparison, Run } from './records/run.js';
export type {
  EpochEvent,
  RunEvent,
  RunHeader,
  SelectionStatistics,
  UncertainSample,
} from './records/schema.js';
export { readComparison, readRun, RecordError } from './records/read.js';
export { writeReport } from './report/index.js';
