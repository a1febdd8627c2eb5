import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { pressure, warmup } from '../core/define/options.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { SumTree } from '../core/sampling/sum-tree.js';
import { pressureAt } from '../core/schedule.js';
import { boundaryDistance } from '../core/signal-columns.js';

/** Greatest distance that a saved state may hold: that of the signal, rounding included. */
const MOST = 0.51;

/**
 * Ada-Boundary: draws samples near the decision boundary more often (Song, Kim, Kim & Lee, Machine Learning 2020).
 * P_i ∝ s_e^(−Q_i / N), Q_i = ⌈|d_i| / (d_max / N)⌉, where d_i is the sample's latest boundary distance and
 * d_max = sqrt((k − 1) / k²). A sample without one counts as on the boundary. Distances count from the next batch; draws are
 * O(log N). Needs the signal `boundaryDistance` and at least 2 classes.
 */
export const adaBoundary = defineMethod({
  name: 'ada-boundary',
  title: 'Ada-Boundary',
  paper: 'Song, Kim, Kim & Lee, Machine Learning 2020, doi 10.1007/s10994-020-05903-6',
  signals: { boundaryDistance },
  classes: 2,
  options: {
    /**
     * s_e, how many times as likely a sample on the decision boundary is as the one farthest from it; at least 1. A number
     * stays constant, as the authors have it; a `PressureSchedule` says otherwise. Default 100.
     */
    selectionPressure: pressure(100, 'constant'),
    /** Uniform epochs before; at most the run's epochs. Default: a fifth of them, at most 15. */
    warmupEpochs: warmup(),
  },

  make({ size, classes, epochs }, { selectionPressure, warmupEpochs }, epoch) {
    const distances = new LatestValues(size, 0, -MOST, MOST);
    let tree: SumTree | undefined;
    let drawnWeights = new Float64Array(0);
    /** d_max / N. */
    const step = Math.sqrt(classes - 1) / classes / size;
    /** ln(s_e) / N of the current epoch. */
    let slope = 0;
    const weightOf = (index: number): number => {
      const levels = Math.abs(distances.values[index]!) / step;
      // The signal is a 32-bit float: what it rounds up past d_max is still d_max.
      return Math.exp(-slope * Math.min(size, Math.ceil(levels)));
    };
    const plant = (number: number): void => {
      slope = Math.log(pressureAt(selectionPressure, number, warmupEpochs, epochs)) / size;
      tree ??= new SumTree(size);
      tree.fill(weightOf);
    };

    return {
      memory: { distances },
      begin: plant,
      resume: plant,
      draw: (batch) => {
        if (drawnWeights.length !== batch.length) drawnWeights = new Float64Array(batch.length);
        tree!.drawDistinct(batch, batch.length, epoch.random, drawnWeights);
      },
      learn: ({ indices, boundaryDistance }) => {
        distances.record(indices, boundaryDistance);
        for (const index of indices) tree?.set(index, weightOf(index));
      },
      /** The distribution of the next draw; uniform before the first epoch and in the warm-up. */
      probabilities: () => tree!.probabilities(),
    };
  },
});

/** Options of `adaBoundary`. */
export type AdaBoundaryOptions = OptionsFor<typeof adaBoundary>;

/** The selector that `adaBoundary` makes. */
export type AdaBoundarySelector = SelectorOf<typeof adaBoundary>;
