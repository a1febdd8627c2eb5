export { captureModel, restoreModel, type ModelState } from './checkpoint.js';
export { fit } from './fit.js';
export { NonFiniteLossError } from './non-finite-loss.js';
export { selection, type SelectionSession, type SessionOptions } from './session.js';
export { decodeTrainingState } from './training-state.js';
export type {
  ArrayData,
  Batch,
  CheckpointArgs,
  FitArgs,
  RandomAccessDataset,
  SelectionArgs,
  StepReport,
  TensorData,
  TrainingState,
} from './types.js';
