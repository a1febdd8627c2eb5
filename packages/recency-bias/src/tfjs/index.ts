export type { Batch, CheckpointArgs, RandomAccessDataset, SelectionArgs, TrainingState } from './types.js';
