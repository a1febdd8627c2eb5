import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { integer, perSample } from '../core/define/options.js';
import { DistinctUniform } from '../core/sampling/distinct.js';
import { loss } from '../core/signal-columns.js';

/**
 * RHO-LOSS: of a large random batch, trains the samples with the highest reducible holdout loss, L_i − IL_i: learnable,
 * worth learning and not yet learnt (Mindermann et al., ICML 2022, arXiv 2206.07137). An epoch is as many samples as there
 * are data, in which `candidates` times as many are scored. Needs the signal `loss` and a scorer.
 */
export const rhoLoss = defineMethod({
  name: 'rho-loss',
  title: 'RHO-LOSS',
  paper: 'Mindermann et al., ICML 2022, arXiv 2206.07137',
  signals: { loss },
  options: {
    /**
     * The irreducible loss of each sample, in the order of the data: its loss under a model trained on held-out data. An
     * array (plain JSON) or a typed array of finite numbers, one a sample. Required.
     */
    irreducibleLosses: perSample('its loss under a model trained on held-out data'),
    /** Candidates scored for each sample trained, n_B / b; at least 1. Default 10. */
    candidates: integer(10, 1, 1e6),
  },
  cost: ({ candidates }) => ({ scores: candidates }),

  make({ size }, { irreducibleLosses, candidates }, epoch) {
    const distinct = new DistinctUniform(size);
    return {
      draw: async (batch, score) => {
        const pool = new Int32Array(Math.min(size, batch.length * candidates));
        distinct.draw(pool, pool.length, epoch.random);
        const { indices, loss } = await score(pool);
        const reducible = Float64Array.from(loss, (value, row) => value - irreducibleLosses[indices[row]!]!);
        // Ties keep the random order of the candidates.
        const rows = Array.from(indices.keys()).sort((a, b) => reducible[b]! - reducible[a]! || a - b);
        for (let n = 0; n < batch.length; n++) batch[n] = indices[rows[n]!]!;
      },
    };
  },
});

/** Options of `rhoLoss`. */
export type RhoLossOptions = OptionsFor<typeof rhoLoss>;

/** The selector that `rhoLoss` makes. */
export type RhoLossSelector = SelectorOf<typeof rhoLoss>;
