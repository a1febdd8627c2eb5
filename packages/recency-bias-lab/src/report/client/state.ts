/** What the reader has chosen in the toolbar. */
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
  passes: 'passes over the training data',
  seconds: 'seconds of training',
};
