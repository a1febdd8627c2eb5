import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { choice, integer, nullable, number, warmup } from '../core/define/options.js';
import { MAX_VALUES, RecentValues } from '../core/memory/recent-values.js';
import { RunningMoments } from '../core/memory/running-moments.js';
import { SumTree } from '../core/sampling/sum-tree.js';
import { trueClassProbability } from '../core/signal-columns.js';

/**
 * Active Bias: emphasises samples whose probability of the true class varies over training (Chang, Learned-Miller &
 * McCallum, NIPS 2017, arXiv 1704.07433). With v the variance of that probability over its n values so far,
 * std = sqrt(v + v² / (n − 1)); a sample counts std + ε, or ε with fewer than two values. Needs the signal
 * `trueClassProbability`.
 */
export const activeBias = defineMethod({
  name: 'active-bias',
  title: 'Active Bias',
  paper: 'Chang, Learned-Miller & McCallum, NIPS 2017, arXiv 1704.07433',
  signals: { trueClassProbability },
  options: {
    /**
     * `'loss-weight'` (default): random batches, each epoch one permutation, whose losses are weighted; the form behind
     * the tables of Song et al. 2020. `'sampling'`: samples are drawn in proportion, without weights.
     */
    form: choice('loss-weight', 'sampling'),
    /** ε, added to every sample's standard deviation so that none is left out; above 0. Default 0.02. */
    smoothing: number(0.02, 1e-9, 1e9),
    /**
     * How many of the latest probabilities of a sample count, 2 to 65,535. Default null: all of them, as in the paper, so
     * that what varied long ago is never forgotten.
     */
    window: nullable(integer(10, 2, MAX_VALUES)),
    /** Uniform, unweighted epochs before; at most the run's epochs. Default: a fifth of them, at most 15. */
    warmupEpochs: warmup(),
  },

  make({ size }, { form, smoothing, window }, epoch) {
    const moments =
      window === null ? new RunningMoments(size, 0, 1) : new RecentValues(size, window, -1e-5, 1 + 1e-5);
    /** The emphasis of each sample, in the sampling form. */
    let tree: SumTree | undefined;
    let weights = new Float32Array(0);
    let emphases = new Float64Array(0);
    const emphasisOf = (index: number): number => emphasis(moments, index, smoothing);
    const plant = (): void => {
      tree ??= new SumTree(size);
      tree.fill(emphasisOf);
    };

    return {
      ordered: form === 'sampling' ? undefined : 'all',
      memory: { moments },
      begin: () => {
        if (form === 'sampling') plant();
        else epoch.order.shuffle(epoch.random);
      },
      resume: () => {
        if (form === 'sampling') plant();
      },
      draw: (batch) => {
        const count = batch.length;
        if (emphases.length !== count) {
          weights = new Float32Array(count);
          emphases = new Float64Array(count);
        }
        if (form === 'sampling') {
          tree!.drawDistinct(batch, count, epoch.random, emphases);
          return undefined;
        }
        epoch.order.deal(batch);
        let total = 0;
        for (let n = 0; n < count; n++) total += emphases[n] = emphasisOf(batch[n]!);
        for (let n = 0; n < count; n++) weights[n] = (emphases[n]! * count) / total;
        return weights;
      },
      learn: ({ indices, trueClassProbability }) => {
        for (let row = 0; row < indices.length; row++) {
          const index = indices[row]!;
          moments.record(index, trueClassProbability[row]!);
          tree?.set(index, emphasisOf(index));
        }
      },
      /** The distribution of the next draw: by emphasis in the sampling form, uniform in the other and in the warm-up. */
      probabilities: () => tree?.probabilities() ?? new Float64Array(size).fill(1 / size),
      extras: {
        /** Emphasis std + ε of each sample now; at least ε. */
        emphasis: () => Float64Array.from({ length: size }, (_, i) => emphasisOf(i)),
      },
    };
  },
});

/**
 * Emphasis of a sample, std + ε with std = sqrt(v + v² / (n − 1)) (Chang et al. 2017, section 3.2).
 * @returns a number of at least ε
 */
export function emphasis(moments: RunningMoments | RecentValues, index: number, smoothing: number): number {
  const count = moments.count(index);
  if (count < 2) return smoothing;
  const variance = moments.variance(index);
  return Math.sqrt(variance + variance ** 2 / (count - 1)) + smoothing;
}

/** Options of `activeBias`. */
export type ActiveBiasOptions = OptionsFor<typeof activeBias>;

/** The selector that `activeBias` makes. */
export type ActiveBiasSelector = SelectorOf<typeof activeBias>;
