import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { choice, integer, pressure, warmup } from '../core/define/options.js';
import { MAX_VALUES, RecentValues } from '../core/memory/recent-values.js';
import { SumTree } from '../core/sampling/sum-tree.js';
import { pressureAt } from '../core/schedule.js';
import { trueClassProbability } from '../core/signal-columns.js';

/** Greatest standard deviation of values in [0, 1]: half of them 0, half 1. */
const GREATEST_DEVIATION = 1 / 2;

/** Greatest value of deviation · (1 − mean): a quarter of the values 1, the others 0. */
const GREATEST_DUAL = (3 * Math.sqrt(3)) / 16;

/**
 * Windowed Probability: Recency Bias with the probability of the true class in the place of the predicted labels. It draws
 * samples more often whose probability varies within a sliding window.
 *
 * P_i ∝ s_e^(F_i). F_i is the standard deviation of the last q probabilities, the score of Dyn-Unc (He et al., CVPR 2024
 * workshops, arXiv 2306.05175), or that times 1 − their mean, the score of DUAL (Cho et al., ICML 2025, arXiv 2502.06905);
 * both over their greatest possible value, so that F_i reaches 1 whatever the number of classes. Both papers prune once by
 * the mean score of all windows; this method draws by the latest window. Exact, O(log N) a draw. Needs the signal
 * `trueClassProbability`.
 */
export const windowedProbability = defineMethod({
  name: 'windowed-probability',
  title: 'Windowed Probability',
  paper: 'after He et al. 2023, arXiv 2306.05175, and Cho et al. 2025, arXiv 2502.06905',
  signals: { trueClassProbability },
  options: {
    /** Probabilities remembered for each sample, q; 2 to 65,535. Default 10, as in both papers. */
    window: integer(10, 2, MAX_VALUES),
    /**
     * `'dyn-unc'` (default): the deviation of the probabilities. `'dual'`: the deviation times 1 − their mean, which
     * prefers hard samples among those that vary.
     */
    score: choice('dyn-unc', 'dual'),
    /**
     * How many times as likely the most uncertain sample is as the most certain one, s_e: a number decays exponentially to
     * 1 over the adaptive epochs; a `PressureSchedule` says otherwise. At least 1. Default 100.
     */
    selectionPressure: pressure(100),
    /** Uniform epochs before selection begins; at most the run's epochs. Default: a fifth of them, at most 15. */
    warmupEpochs: warmup(),
  },

  make({ size, epochs }, { window, score, selectionPressure, warmupEpochs }, epoch) {
    const history = new RecentValues(size, window, -1e-5, 1 + 1e-5);
    const tree = new SumTree(size);
    let logPressure = 0;
    let weights = new Float64Array(0);

    const uncertainty = (index: number): number => {
      // One value says nothing of how it varies.
      if (history.count(index) < 2) return 1;
      const deviation = Math.sqrt(history.variance(index));
      const share =
        score === 'dual'
          ? (deviation * (1 - history.mean(index))) / GREATEST_DUAL
          : deviation / GREATEST_DEVIATION;
      return Math.min(1, Math.max(0, share));
    };
    /** Weight of a sample, 1 for the most uncertain. */
    const weightOf = (index: number): number => Math.exp(logPressure * (uncertainty(index) - 1));
    const plant = (number: number): void => {
      logPressure = Math.log(pressureAt(selectionPressure, number, warmupEpochs, epochs));
      tree.fill(weightOf);
    };

    return {
      memory: { history },
      begin: plant,
      resume: plant,
      draw: (batch) => {
        if (weights.length !== batch.length) weights = new Float64Array(batch.length);
        tree.drawDistinct(batch, batch.length, epoch.random, weights);
        return undefined;
      },
      learn: ({ indices, trueClassProbability }) => {
        for (let row = 0; row < indices.length; row++) {
          const index = indices[row]!;
          history.record(index, trueClassProbability[row]!);
          tree.set(index, weightOf(index));
        }
      },
      /** The distribution of the next draw; uniform before the first epoch and in the warm-up. */
      probabilities: () => tree.probabilities(),
      extras: {
        /** Uncertainty F of each sample now, in [0, 1]; 1 for a sample with fewer than two values. */
        uncertainty: () => Float64Array.from({ length: size }, (_, i) => uncertainty(i)),
        /** Bytes of the buffers that grow with the number of samples. */
        get byteLength(): number {
          return history.byteLength + tree.byteLength;
        },
      },
    };
  },
});

/** Options of `windowedProbability`. */
export type WindowedProbabilityOptions = OptionsFor<typeof windowedProbability>;

/** The selector that `windowedProbability` makes. */
export type WindowedProbabilitySelector = SelectorOf<typeof windowedProbability>;
