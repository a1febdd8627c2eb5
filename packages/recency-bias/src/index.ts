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
