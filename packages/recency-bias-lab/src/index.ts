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
