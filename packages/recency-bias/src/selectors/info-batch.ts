import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { number } from '../core/define/options.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { loss } from '../core/signal-columns.js';

/**
 * InfoBatch: each epoch leaves out a random part of the samples whose latest loss is below the mean, and weights up those
 * of them that stay, so that the gradient is right on average (Qin et al., ICLR 2024, arXiv 2303.04947). An epoch is one
 * pass over the samples that stay. Needs the signal `loss`.
 */
export const infoBatch = defineMethod({
  name: 'info-batch',
  title: 'InfoBatch',
  paper: 'Qin et al., ICLR 2024, arXiv 2303.04947',
  signals: { loss },
  options: {
    /** r, the share of the well-learned samples that an epoch leaves out; from 0 to 0.99. Default 0.5. */
    pruneRatio: number(0.5, 0, 0.99),
    /** δ: epochs after δ · epochs train on everything; from 0 to 1. Default 0.875. */
    delta: number(0.875, 0, 1),
  },
  cost: () => ({ fewer: true }),

  make({ size, epochs }, { pruneRatio, delta }, epoch) {
    const losses = new LatestValues(size, -Infinity);
    /** Weight of each sample in the current epoch. */
    const weights = new LatestValues(size, 1, 1);
    let batchWeights = new Float32Array(0);

    /** The samples of the epoch; sets the weights of the well-learned ones among them. */
    const keep = (): Int32Array => {
      const kept = new Int32Array(size);
      // δ · epochs need not be whole: the last epoch that is not past it still leaves samples out.
      const mean = epoch.number <= delta * epochs ? meanOfKnown(losses.values) : -Infinity;
      let count = 0;
      let below = 0;
      for (let i = 0; i < size; i++) {
        // A sample without a known loss is not known to be well learned.
        const wellLearned = losses.values[i]! < mean && losses.values[i]! !== -Infinity;
        if (wellLearned) kept[size - ++below] = i;
        else kept[count++] = i;
      }
      const learned = kept.slice(count);
      epoch.random.shuffle(learned);
      // Scaled by the share that stays after rounding up, so that the gradient is right on average for every count.
      const stay = Math.ceil((1 - pruneRatio) * below - 1e-9);
      for (let n = 0; n < stay; n++) {
        kept[count + n] = learned[n]!;
        weights.values[learned[n]!] = below / stay;
      }
      return kept.slice(0, count + stay);
    };

    return {
      ordered: 'some',
      memory: { losses, weights },
      begin: () => {
        weights.values.fill(1);
        const samples = keep();
        epoch.random.shuffle(samples);
        epoch.order.start(samples);
      },
      draw: (batch) => {
        if (batchWeights.length !== batch.length) batchWeights = new Float32Array(batch.length);
        epoch.order.deal(batch);
        for (let n = 0; n < batch.length; n++) batchWeights[n] = weights.values[batch[n]!]!;
        return batchWeights;
      },
      learn: ({ indices, loss }) => {
        losses.record(indices, loss);
      },
      extras: {
        /** Number of samples that the current epoch trains; 0 before the first. */
        get epochSize(): number {
          return epoch.order.length;
        },
      },
    };
  },
});

/** Mean of the known losses; −Infinity where none is known. */
function meanOfKnown(losses: Float32Array): number {
  let sum = 0;
  let known = 0;
  for (const loss of losses) {
    if (loss === -Infinity) continue;
    sum += loss;
    known++;
  }
  return known === 0 ? -Infinity : sum / known;
}

/** Options of `infoBatch`. */
export type InfoBatchOptions = OptionsFor<typeof infoBatch>;

/** The selector that `infoBatch` makes. */
export type InfoBatchSelector = SelectorOf<typeof infoBatch>;
