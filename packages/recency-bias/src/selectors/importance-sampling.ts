import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { boolean, nullable, number } from '../core/define/options.js';
import { Fields } from '../core/memory/fields.js';
import { AliasTable } from '../core/sampling/alias-table.js';
import { DistinctUniform } from '../core/sampling/distinct.js';
import type { Scorer, Selection } from '../core/selector.js';
import { gradNormBound } from '../core/signal-columns.js';
import { checkInteger } from '../core/validate.js';

/**
 * Importance sampling by an upper bound of the gradient norm, switched on while it reduces variance enough to pay
 * (Katharopoulos & Fleuret, ICML 2018, arXiv 1803.00942). Scores B uniform samples, G_i = ‖softmax − one-hot‖₂ with
 * g = G / ΣG, and draws b of them by g with replacement, at weight 1 / (B g_i): the gradient is right on average. A sample
 * drawn several times comes once, at as many times the weight, so such a batch has fewer than b rows. Needs the signal
 * `gradNormBound` and a scorer.
 */
export const importanceSampling = defineMethod({
  name: 'importance-sampling',
  title: 'Importance Sampling',
  paper: 'Katharopoulos & Fleuret, ICML 2018, arXiv 1803.00942',
  signals: { gradNormBound },
  options: {
    /** Samples scored for each sample trained, B / b; at least 1. Default 3. */
    presample: number(3, 1, 1e6),
    /**
     * τ above which sampling by importance is on; at least 0, 0 being always. Default null: (B + 3 b) / (3 b), where it
     * begins to pay if a backward pass costs twice a forward pass.
     */
    threshold: nullable(number(0, 0)),
    /** Momentum of the average of τ, from 0 to below 1. Default 0.9. */
    momentum: number(0.9, 0, 1 - 1e-9),
  },
  cost: ({ presample }) => ({ scores: presample }),

  make({ size }, { presample, threshold, momentum }, epoch) {
    const { random } = epoch;
    const distinct = new DistinctUniform(size);
    /** τ, and whether the last batch was drawn by importance; observations then say nothing of a uniform batch. */
    const fields = new Fields({ tau: number(0, 0), active: boolean(false) });
    const now = fields.values;
    const measure = (scores: Float32Array): void => {
      now.tau = momentum * now.tau + (1 - momentum) * varianceReduction(scores);
    };

    const byImportance = async (
      count: number,
      pool: number,
      score: Scorer<'gradNormBound'>,
    ): Promise<Selection> => {
      now.active = true;
      const candidates = new Int32Array(pool);
      distinct.draw(candidates, pool, random);
      const { indices, gradNormBound: scores } = await score(candidates);
      checkInteger('scored samples', indices.length, pool, pool);
      measure(scores);

      const sum = scores.reduce((total, value) => total + value, 0);
      // With nothing left to learn from any candidate, all are alike.
      const shares = Float64Array.from(scores, (value) => (sum > 0 ? value / sum : 1 / pool));
      const table = new AliasTable(pool);
      table.build(shares);
      const times = new Uint32Array(pool);
      let rows = 0;
      for (let n = 0; n < count; n++) if (times[table.draw(random)]!++ === 0) rows++;
      const batch = new Int32Array(rows);
      const weights = new Float32Array(rows);
      for (let row = 0, at = 0; row < pool; row++) {
        if (times[row] === 0) continue;
        batch[at] = indices[row]!;
        // The trainer divides by the rows of the batch; the estimate is a mean over the draws.
        weights[at++] = ((times[row]! / (pool * shares[row]!)) * rows) / count;
      }
      return { indices: batch, weights };
    };

    return {
      memory: { fields },
      draw: async (batch, score) => {
        const count = batch.length;
        const pool = Math.min(size, Math.round(count * presample));
        now.active = now.tau > (threshold ?? (pool + 3 * count) / (3 * count));
        if (now.active || threshold === 0) return byImportance(count, pool, score);
        distinct.draw(batch, count, random);
        return undefined;
      },
      learn: ({ gradNormBound }) => {
        if (!now.active && gradNormBound.length > 0) measure(gradNormBound);
      },
      extras: {
        /** τ, the running average of `varianceReduction`; 0 before the first measurement. */
        get tau(): number {
          return now.tau;
        },
        /** Whether the last batch was drawn by importance. */
        get active(): boolean {
          return now.active;
        },
      },
    };
  },
});

/**
 * How many times larger a uniform batch would have to be for the variance of one drawn by `scores`: sqrt(B Σ g²), which
 * equals the paper's (1 − ‖g − 1/B‖² / ‖g‖²)^(−1/2).
 * @returns at least 1; 1 when all scores are 0
 */
export function varianceReduction(scores: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const score of scores) {
    sum += score;
    squares += score * score;
  }
  return sum > 0 ? Math.max(1, Math.sqrt(scores.length * squares) / sum) : 1;
}

/** Options of `importanceSampling`. */
export type ImportanceSamplingOptions = OptionsFor<typeof importanceSampling>;

/** The selector that `importanceSampling` makes. */
export type ImportanceSamplingSelector = SelectorOf<typeof importanceSampling>;
