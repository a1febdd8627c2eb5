export type { Comparison, Run } from './records/run.js';
