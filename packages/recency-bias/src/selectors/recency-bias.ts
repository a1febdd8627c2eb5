import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { byRun, choice, integer, pressure, usualWarmup, warmup } from '../core/define/options.js';
import { pressureAt } from '../core/schedule.js';
import { predictedLabel } from '../core/signal-columns.js';
import { LabelHistory, MAX_WINDOW } from '../recency-bias/label-history.js';
import { quantizationIndex } from '../recency-bias/uncertainty.js';
import { windowDraws } from '../recency-bias/window-draws.js';

/**
 * Recency Bias: draws samples whose predicted labels disagree within a sliding window of recent predictions more often
 * (Song, Kim, Kim & Lee, CIKM 2020, arXiv 1911.08050).
 *
 * P_i ∝ s_e^(−Q_i / N), Q_i = ⌈(1 − F_i) N⌉, where F_i is the entropy of the last q predicted labels of sample i over
 * that of the uniform distribution over k classes. Exact, O(1) a draw. Needs the signal `predictedLabel` and at least 2
 * classes.
 */
export const recencyBias = defineMethod({
  name: 'recency-bias',
  title: 'Recency Bias',
  paper: 'Song, Kim, Kim & Lee, CIKM 2020, arXiv 1911.08050',
  role: 'subject',
  signals: { predictedLabel },
  classes: 2,
  options: {
    /**
     * Predicted labels remembered for each sample, q in the paper; 1 to 32,767. Default 10; where `warmupEpochs` is not given
     * either, as many as the warm-up fills, from 2 to 10.
     */
    window: byRun(
      integer(10, 1, MAX_WINDOW),
      '10, or what a default warm-up fills',
      (run, { warmupEpochs }) =>
        typeof warmupEpochs === 'number' ? 10 : Math.min(10, Math.max(2, usualWarmup(run))),
    ),
    /**
     * How many times as likely the most uncertain sample is as the most certain one, s_e in the paper: a number decays
     * exponentially to 1 over the adaptive epochs; a `PressureSchedule` says otherwise. At least 1. Default 100.
     */
    selectionPressure: pressure(100),
    /** Uniform epochs before selection begins, γ in the paper; at most the run's epochs. Default: a fifth of them, at most 15. */
    warmupEpochs: warmup(),
    /**
     * When a prediction begins to count: `'epoch'` (default), from the next epoch, as in the paper; `'batch'`, from the
     * next batch.
     */
    update: choice('epoch', 'batch'),
    /**
     * The divisor of a window's entropy: `'classes'` (default), ln k, as in the paper; `'window'`,
     * ln min(window, k), so that uncertainty reaches 1 also when there are many more classes than the window holds.
     */
    normalize: choice('classes', 'window'),
  },

  make({ size, classes, epochs }, { window, selectionPressure, warmupEpochs, update, normalize }, epoch) {
    // Section 3.1: the last q predicted labels of each sample and their entropy F (equation 2).
    const history = new LabelHistory(size, classes, window, normalize);

    /** Sections 3.2 and 3.3: the weight s_e^(−Q / N) of an uncertainty (equations 4 to 6). */
    const weightIn = (number: number): ((uncertainty: number) => number) => {
      const exponent = -Math.log(pressureAt(selectionPressure, number, warmupEpochs, epochs)) / size;
      return (uncertainty) => Math.exp(exponent * quantizationIndex(uncertainty, size));
    };
    const draws = windowDraws(history, update === 'batch', weightIn);

    return {
      memory: { history, draws },
      begin: (number) => {
        draws.begin(number);
      },
      draw: (batch) => {
        draws.draw(batch, epoch.random);
      },
      learn: ({ indices, predictedLabel }) => {
        draws.learn(indices, predictedLabel);
      },
      /** The distribution of the current epoch's draws; uniform before the first epoch and in the warm-up. */
      probabilities: () => draws.probabilities(),
      extras: {
        /** The predicted labels of each sample. */
        history,
        /** Uncertainty F of each sample now, in [0, 1]; 1 for a sample never seen. */
        uncertainty: () => Float64Array.from({ length: size }, (_, i) => history.uncertainty(i)),
        /** Bytes of the buffers that grow with the number of samples, at the moment. */
        get byteLength(): number {
          return history.byteLength + draws.byteLength + epoch.order.byteLength;
        },
      },
    };
  },
});

/** Options of `recencyBias`. */
export type RecencyBiasOptions = OptionsFor<typeof recencyBias>;

/** The selector that `recencyBias` makes. */
export type RecencyBiasSelector = SelectorOf<typeof recencyBias>;
