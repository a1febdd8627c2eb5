import { defineSelector, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { number, perEpoch } from '../core/define/options.js';

/**
 * Random dynamic pruning: each epoch trains a fresh uniform subset. The control that every saving of a pruning method is to
 * be read against (Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621). Needs no signal.
 */
export const randomPruning = defineSelector({
  name: 'random-pruning',
  title: 'Random Pruning',
  paper: 'Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621 (control)',
  signals: [],
  options: {
    /**
     * Share of the samples that an epoch trains, above 0 to 1: one for all epochs, or a list with one an epoch, such as
     * the shares that a pruning method used. Default 0.7.
     */
    share: perEpoch(number(0.7, 1e-9, 1)),
  },
  cost: () => ({ fewer: true }),

  make({ size }, { share }, epoch) {
    const sizeOf = (number: number): number => {
      const now = typeof share === 'number' ? share : share[number - 1]!;
      return Math.max(1, Math.round(now * size));
    };
    return {
      ordered: 'some',
      begin: (number) => {
        epoch.order.shuffle(epoch.random);
        epoch.order.limit(sizeOf(number));
      },
      /** The distribution of a draw: uniform. */
      probabilities: () => new Float64Array(size).fill(1 / size),
      extras: {
        /** Number of samples that the current epoch trains, at least 1; before the first epoch, that of the first. */
        get epochSize(): number {
          return sizeOf(Math.max(1, epoch.number));
        },
      },
    };
  },
});

/** Options of `randomPruning`. */
export type RandomPruningOptions = OptionsFor<typeof randomPruning>;

/** The selector that `randomPruning` makes. */
export type RandomPruningSelector = SelectorOf<typeof randomPruning>;
