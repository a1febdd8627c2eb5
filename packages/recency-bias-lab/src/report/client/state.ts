/** The choices of the reader in the toolbar. */
import type { Axis } from '../analysis/curves.js';

export interface State {
  axis: Axis;
  scale: 'log' | 'linear';
  /** Whether curves begin at the end of the warm-up. */
  afterWarmup: boolean;
  /** Selectors switched off. */
  hidden: ReadonlySet<string>;
}

export const AXIS_NAMES: Readonly<Record<Axis, string>> = {
  epoch: 'epochs',
  steps: 'training steps',
  trained: 'samples trained',
  scored: 'samples scored by extra forward passes',
  passes: 'passes over the training data, trained and scored',
  seconds: 'seconds of training',
};
