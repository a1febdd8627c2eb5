export type { Comparison, Run } from './records/run.js';
export { readComparison, readRun, RecordError } from './records/read.js';
