import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { choice } from '../core/define/options.js';
import { DistinctUniform } from '../core/sampling/distinct.js';

/** Random batches: the baseline that every method is to be read against. Needs no signal. */
export const uniform = defineMethod({
  name: 'uniform',
  title: 'Random',
  paper: 'stochastic gradient descent with random batches (baseline)',
  role: 'baseline',
  signals: {},
  options: {
    /**
     * `'epoch'` (default): a fresh permutation each epoch, dealt in batches, as `model.fit` does; every sample once an
     * epoch. `'batch'`: each batch drawn on its own, no sample twice in a batch; the random baseline of Song et al. 2020.
     * `'sequential'`: the order of the data, every epoch the same, as `model.fit` with `shuffle: false`.
     */
    order: choice('epoch', 'batch', 'sequential'),
  },

  make({ size }, { order }, epoch) {
    const distinct = new DistinctUniform(size);
    return {
      ordered: order === 'batch' ? undefined : 'all',
      begin: () => {
        if (order === 'epoch') epoch.order.shuffle(epoch.random);
        else if (order === 'sequential') epoch.order.sort();
      },
      draw: (batch) => {
        if (order === 'batch') distinct.draw(batch, batch.length, epoch.random);
        else epoch.order.deal(batch);
      },
      /** The distribution of a draw: uniform. */
      probabilities: () => new Float64Array(size).fill(1 / size),
    };
  },
});

/** Options of `uniform`. */
export type UniformOptions = OptionsFor<typeof uniform>;

/** The selector that `uniform` makes. */
export type UniformSelector = SelectorOf<typeof uniform>;
