import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { boolean, number, perEpoch } from '../core/define/options.js';
import { Random } from '../core/random.js';
import { Deck } from '../core/sampling/deck.js';

/**
 * Random dynamic pruning: each epoch trains a fresh uniform subset. The control that every saving of a pruning method is to
 * be read against (Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621). Needs no signal.
 */
export const randomPruning = defineMethod({
  name: 'random-pruning',
  title: 'Random Pruning',
  paper: 'Raju, Daruwalla & Lipasti 2021, arXiv 2111.12621 (control)',
  signals: {},
  options: {
    /**
     * Share of the samples that an epoch trains, above 0 to 1: one for all epochs, or a list with one an epoch, such as
     * the shares that a pruning method used. Default 0.7.
     */
    share: perEpoch(number(0.7, 1e-9, 1)),
    /**
     * `false` (default): every epoch draws from all samples. `true`: epochs deal one permutation after another, so that no
     * sample comes again before all came once; RS2 without replacement (Okanovic et al., ICLR 2024, arXiv 2305.18424).
     */
    cover: boolean(false),
  },
  cost: () => ({ fewer: true }),

  make({ size, seed }, { share, cover }, epoch) {
    const sizeOf = (number: number): number => {
      const now = typeof share === 'number' ? share : share[number - 1]!;
      return Math.max(1, Math.round(now * size));
    };
    const deck = cover ? new Deck(size, new Random(seed).split('random pruning'), sizeOf) : undefined;
    return {
      ordered: 'some',
      begin: (number) => {
        if (deck === undefined) {
          epoch.order.shuffle(epoch.random);
          epoch.order.limit(sizeOf(number));
        } else {
          epoch.order.start(deck.deal(number));
        }
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
