export type {
  Observation,
  OneStageSelector,
  Scorer,
  Selection,
  Selector,
  SelectorFactory,
  Signal,
  Signals,
  StateDict,
  StateValue,
  TrainingRun,
} from './core/selector.js';
export { LabelHistory } from './core/history/label-history.js';
export type { Normalization } from './core/history/uncertainty.js';
export { Random } from './core/random.js';
export type { PressureSchedule, SelectionPressure } from './core/schedule.js';
export { decodeState, encodeState } from './core/state-codec.js';
export { activeBias, type ActiveBiasOptions, type ActiveBiasSelector } from './selectors/active-bias.js';
export {
  onlineBatch,
  type OneStageOnlineBatch,
  type OnlineBatchOptions,
  type OnlineBatchSelector,
} from './selectors/online-batch.js';
export { recencyBias, type RecencyBiasOptions, type RecencyBiasSelector } from './selectors/recency-bias.js';
export { createSelector, selectorRegistry, type SelectorEntry } from './selectors/registry.js';
export { uniform, type UniformOptions, type UniformSelector } from './selectors/uniform.js';
export { withWarmup, type WarmupOptions } from './selectors/with-warmup.js';
