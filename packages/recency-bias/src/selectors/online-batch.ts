import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { boolean, pressure, warmup } from '../core/define/options.js';
import { Fields } from '../core/memory/fields.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { DistinctWeighted } from '../core/sampling/distinct.js';
import { rankDescending } from '../core/sampling/rank-order.js';
import { pressureAt } from '../core/schedule.js';
import type { OneStageSelector, Scorer, Selection, SelectorFactory } from '../core/selector.js';
import { loss } from '../core/signal-columns.js';

const defined = defineMethod({
  name: 'online-batch',
  title: 'Online Batch',
  paper: 'Loshchilov & Hutter 2015, arXiv 1511.06343',
  signals: { loss },
  options: {
    /**
     * About how many times as likely the sample with the highest loss is as the one with the lowest, s_e in the paper: a
     * number decays exponentially to 1 over the adaptive epochs; a `PressureSchedule` says otherwise. At least 1.
     * Default 100.
     */
    selectionPressure: pressure(100),
    /** Uniform epochs before selection begins; at most the run's epochs. Default: a fifth of them, at most 15. */
    warmupEpochs: warmup(),
    /**
     * Whether to recompute every sample's loss by a forward pass at the start of each adaptive epoch. `false` (default)
     * ranks by the losses seen in training, which costs nothing. With `true`, `select` is asynchronous.
     */
    recompute: boolean(false),
  },
  cost: ({ recompute }) => ({ scores: recompute ? 1 : 0 }),

  make({ size, epochs }, { selectionPressure, warmupEpochs, recompute }, epoch) {
    const { order, random } = epoch;
    /** Infinite until known, so that the unknown rank first. */
    const losses = new LatestValues(size, Infinity);
    const fields = new Fields({ stale: boolean(false) });
    const distinct = new DistinctWeighted();

    /** Puts the samples in the order of their ranks. */
    const rank = (): void => {
      order.sort();
      rankDescending(losses.values, order.samples, random.split('ties'));
    };
    const logPressure = (): number =>
      Math.log(pressureAt(selectionPressure, epoch.number, warmupEpochs, epochs));

    const drawByRank = (batch: Int32Array): Selection => {
      const log = logPressure();
      // The ranks are a geometric distribution cut off at N, whose inverse distribution function is
      // r(u) = −(N / ln s) ln(1 − u (1 − 1 / s)), with the limit u N for s = 1.
      const cut = Math.expm1(-log);
      const drawRank =
        log === 0
          ? () => random.int(size)
          : () => Math.min(size - 1, Math.floor((-size / log) * Math.log1p(random.float() * cut)));
      const weightOfRank = (number: number): number => Math.exp((-log / size) * number);
      distinct.draw(batch, batch.length, size, random, drawRank, weightOfRank);
      const ranking = order.samples;
      for (let n = 0; n < batch.length; n++) batch[n] = ranking[batch[n]!]!;
      return { indices: batch };
    };

    const recomputeLosses = async (batchSize: number, score: Scorer<'loss'>): Promise<void> => {
      for (let start = 0; start < size; start += batchSize) {
        const count = Math.min(batchSize, size - start);
        const { indices, loss } = await score(Int32Array.from({ length: count }, (_, i) => start + i));
        losses.record(indices, loss);
      }
      rank();
      fields.values.stale = false;
    };

    return {
      ordered: 'all',
      memory: { losses, fields },
      begin: () => {
        rank();
        fields.values.stale = recompute;
      },
      draw: (batch, score) => {
        if (fields.values.stale) return recomputeLosses(batch.length, score).then(() => drawByRank(batch));
        return drawByRank(batch);
      },
      learn: ({ indices, loss }) => {
        losses.record(indices, loss);
      },
      /** The distribution of the current epoch's draws; uniform before the first epoch and in the warm-up. */
      probabilities: () => {
        const out = new Float64Array(size);
        const step = logPressure() / size;
        let total = 0;
        order.samples.forEach((sample, number) => (total += out[sample] = Math.exp(-step * number)));
        for (let i = 0; i < size; i++) out[i]! /= total;
        return out;
      },
      extras: {
        /** Latest known loss of each sample; infinite where none is known. */
        losses: () => losses.values.slice(),
      },
    };
  },
});

/** Options of `onlineBatch`. */
export type OnlineBatchOptions = OptionsFor<typeof defined>;

/** The selector that `onlineBatch` makes. */
export type OnlineBatchSelector = SelectorOf<typeof defined>;

/** The selector of `onlineBatch` when it recomputes no losses. */
export type OneStageOnlineBatch = OneStageSelector<'loss'> & OnlineBatchSelector;

/** The types of `onlineBatch`: without `recompute`, `select` answers at once. */
interface OnlineBatch extends Pick<typeof defined, 'definition'> {
  (
    options?: OnlineBatchOptions & { readonly recompute?: false | undefined },
  ): SelectorFactory<'loss', OneStageOnlineBatch>;
  (options: OnlineBatchOptions): SelectorFactory<'loss', OnlineBatchSelector>;
}

/**
 * Online Batch Selection: draws samples by the rank of their latest known loss (Loshchilov & Hutter 2015, arXiv
 * 1511.06343). P(rank r) ∝ exp(ln(s_e) / N)^(−r), rank 1 being the highest loss; samples without a known loss rank
 * first. Ranked once an epoch; draws are O(1). Needs the signal `loss`.
 */
export const onlineBatch = defined as OnlineBatch;
