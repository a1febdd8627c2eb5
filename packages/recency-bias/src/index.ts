/**
 * Choose batches: every selector, and `defineSelector` for one of your own.
 *
 * @packageDocumentation
 */
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
export {
  defineSelector,
  type MethodCost,
  type OptionsFor,
  type SelectorDefinition,
  type SelectorDefinition as SelectorEntry,
  type SelectorFunction,
  type SelectorOf,
  type SelectorSource,
  type SelectorWith,
} from './core/define/define-selector.js';
export { usualWarmup } from './core/define/options.js';
export type { Epoch, EpochPosition } from './core/define/epoch.js';
export type { Drawn, Memory, Method } from './core/define/method.js';
export * as option from './core/define/options.js';
export type { Option, OptionDescription, OptionsOf, OptionTable, ValuesOf } from './core/define/options.js';
export { Fields } from './core/memory/fields.js';
export { LatestValues } from './core/memory/latest-values.js';
export { RunningMoments } from './core/memory/running-moments.js';
export { checkObservation } from './core/observation.js';
export { SIGNALS, type SignalDescription } from './core/signals.js';
export { LabelHistory } from './recency-bias/label-history.js';
export { mostUncertain, type UncertainSample } from './recency-bias/most-uncertain.js';
export type { Normalization } from './recency-bias/uncertainty.js';
export { Random } from './core/random.js';
export type { PressureSchedule, SelectionPressure } from './core/schedule.js';
export { decodeState, encodeState } from './core/state-codec.js';
export { activeBias, type ActiveBiasOptions, type ActiveBiasSelector } from './selectors/active-bias.js';
export { adaBoundary, type AdaBoundaryOptions, type AdaBoundarySelector } from './selectors/ada-boundary.js';
export { alternate, type AlternateOptions } from './selectors/alternate.js';
export {
  importanceSampling,
  type ImportanceSamplingOptions,
  type ImportanceSamplingSelector,
} from './selectors/importance-sampling.js';
export { infoBatch, type InfoBatchOptions, type InfoBatchSelector } from './selectors/info-batch.js';
export {
  onlineBatch,
  type OneStageOnlineBatch,
  type OnlineBatchOptions,
  type OnlineBatchSelector,
} from './selectors/online-batch.js';
export {
  randomPruning,
  type RandomPruningOptions,
  type RandomPruningSelector,
} from './selectors/random-pruning.js';
export { recencyBias, type RecencyBiasOptions, type RecencyBiasSelector } from './selectors/recency-bias.js';
export { createSelector, selectorRegistry } from './selectors/registry.js';
export { rhoLoss, type RhoLossOptions, type RhoLossSelector } from './selectors/rho-loss.js';
export {
  selectiveBackprop,
  type SelectiveBackpropOptions,
  type SelectiveBackpropSelector,
} from './selectors/selective-backprop.js';
export { selfPaced, type SelfPacedOptions, type SelfPacedSelector } from './selectors/self-paced.js';
export { seta, type SetaOptions, type SetaSelector } from './selectors/seta.js';
export { uniform, type UniformOptions, type UniformSelector } from './selectors/uniform.js';
export {
  windowedProbability,
  type WindowedProbabilityOptions,
  type WindowedProbabilitySelector,
} from './selectors/windowed-probability.js';
export { withBatchLoss, type BatchLossOptions, type BatchLossSignals } from './selectors/with-batch-loss.js';
export { withSmoothing, type SmoothingOptions } from './selectors/with-smoothing.js';
export { withWarmup, type WarmupOptions } from './selectors/with-warmup.js';
