export { captureModel, restoreModel, type ModelState } from './checkpoint.js';
export { fit } from './fit.js';
export { NonFiniteLossError } from './non-finite-loss.js';
export type {
  Batch,
  CheckpointArgs,
  FitArgs,
  RandomAccessDataset,
  SelectionArgs,
  StepReport,
  TensorData,
  TrainingState,
} from './types.js';
