/**
 * Train with TensorFlow.js: `fit`, its checkpoints, and `selection` for loops of your own.
 *
 * @packageDocumentation
 */
export { captureModel, restoreModel, type ModelState } from './state/checkpoint.js';
export { fit } from './fit.js';
export { NonFiniteLossError } from './measuring/non-finite-loss.js';
export { selection, type SelectionSession, type SessionOptions } from './session.js';
export { decodeTrainingState } from './state/training-state.js';
export type { ArrayData, Batch, RandomAccessDataset, TensorData } from './data/data.js';
export type { TrainingState } from './state/training-state.js';
export type { CheckpointArgs, FitArgs, SelectionArgs, StepReport } from './types.js';
