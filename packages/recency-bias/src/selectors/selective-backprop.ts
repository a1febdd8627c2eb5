import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { integer, number, warmupOf } from '../core/define/options.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { RecentLosses } from '../core/memory/recent-losses.js';
import { Queue } from '../core/memory/queue.js';
import { loss } from '../core/signal-columns.js';
import { checkInteger } from '../core/validate.js';

/**
 * Selective-Backprop: passes over the data once an epoch, scores each candidate by a forward pass and trains only those
 * it keeps, with probability CDF(loss)^β over the latest losses (Jiang et al. 2019, arXiv 1910.00762). Losses are not
 * reweighted. Needs the signal `loss` and a scorer.
 */
export const selectiveBackprop = defineMethod({
  name: 'selective-backprop',
  title: 'Selective-Backprop',
  paper: 'Jiang et al. 2019, arXiv 1910.00762',
  signals: { loss },
  options: {
    /** β: a sample is kept with probability CDF(loss)^β; at least 0. About one in β + 1 samples is kept. Default 3. */
    beta: number(3, 0, 1e6),
    /** How many of the latest losses make up the distribution, 1 to 65,536. Default 1024. */
    history: integer(1024, 1, 65536),
    /** Every how many epochs losses are scored afresh; in between the latest known ones are reused. Default 1: each epoch. */
    staleness: integer(1, 1),
    /** Unfiltered epochs before; at most the run's epochs. Default 1. */
    warmupEpochs: warmupOf(1),
  },
  cost: ({ beta, staleness }) => ({ scores: (beta + 1) / staleness, fewer: true }),

  make({ size }, { beta, history, staleness, warmupEpochs }, epoch) {
    const losses = new LatestValues(size, -Infinity);
    /** The losses of the candidates of this epoch; fresh each epoch, so that an epoch depends on observations alone. */
    const recent = new RecentLosses(history);
    /** Kept, and not trained yet. */
    const kept = new Queue();

    return {
      ordered: 'all',
      memory: { losses, recent, kept },
      begin: () => {
        epoch.order.shuffle(epoch.random);
        recent.clear();
        kept.clear();
      },
      select: async (batchSize, score) => {
        checkInteger('batchSize', batchSize, 1);
        const fresh = (epoch.number - warmupEpochs - 1) % staleness === 0;
        while (kept.length < batchSize) {
          const candidates = new Int32Array(epoch.take(batchSize));
          if (candidates.length === 0) break;
          epoch.order.deal(candidates);
          const due = fresh ? candidates : candidates.filter((index) => losses.values[index] === -Infinity);
          if (due.length > 0) {
            const { indices, loss } = await score(due);
            losses.record(indices, loss);
          }
          // All candidates first, so that the distribution holds more than the first of them.
          for (const index of candidates) recent.add(losses.values[index]!);
          for (const index of candidates) {
            const probability = recent.cdf(losses.values[index]!) ** beta;
            if (epoch.random.float() < probability) kept.push(index);
          }
        }
        const indices = kept.take(batchSize);
        return indices.length === 0 ? null : { indices };
      },
      learn: ({ indices, loss }) => {
        losses.record(indices, loss);
      },
    };
  },
});

/** Options of `selectiveBackprop`. */
export type SelectiveBackpropOptions = OptionsFor<typeof selectiveBackprop>;

/** The selector that `selectiveBackprop` makes. */
export type SelectiveBackpropSelector = SelectorOf<typeof selectiveBackprop>;
