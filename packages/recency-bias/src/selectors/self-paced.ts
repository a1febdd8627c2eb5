import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { nullable, number, warmupOf } from '../core/define/options.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { loss } from '../core/signal-columns.js';

/**
 * Self-paced learning: trains on the samples whose latest loss is below a threshold that rises until all samples take part
 * (Kumar, Packer & Koller, NIPS 2010). An epoch is one pass over the easy samples. Needs the signal `loss`.
 */
export const selfPaced = defineMethod({
  name: 'self-paced',
  title: 'Self-paced Learning',
  paper: 'Kumar, Packer & Koller, NIPS 2010',
  signals: { loss },
  options: {
    /** Uniform epochs in which the first losses are gathered; at most the run's epochs. Default 1. */
    warmupEpochs: warmupOf(1),
    /**
     * λ of the first adaptive epoch, in units of the loss: samples whose loss is below count as easy. Default null: the
     * pace is set by the share of easy samples instead.
     */
    threshold: nullable(number(0, -Number.MAX_VALUE)),
    /** Share of the samples that count as easy in the first adaptive epoch, above 0 to 1; where `threshold` is null. Default 0.5. */
    startShare: number(0.5, 1e-9, 1),
    /** Factor by which the threshold, or else the share, grows each epoch; at least 1. Default 1.3. */
    growth: number(1.3, 1),
  },
  cost: () => ({ fewer: true }),

  make({ size }, { warmupEpochs, threshold, startShare, growth }, epoch) {
    const losses = new LatestValues(size, -Infinity);

    /** The samples of an epoch, in the order of the data. A sample without a known loss is given the chance to get one. */
    const easySamples = (number: number): Int32Array => {
      const pace = growth ** (number - warmupEpochs - 1);
      const sorted = losses.values.slice().sort();
      const count = threshold === null ? Math.min(size, Math.ceil(startShare * pace * size - 1e-9)) : 1;
      const limit = sorted[Math.max(0, count - 1)]!;
      const samples = new Int32Array(size);
      let easy = 0;
      for (let i = 0; i < size; i++) {
        const loss = losses.values[i]!;
        // Never an empty epoch: where nothing is below the threshold, the easiest sample is taken.
        if (loss <= limit || (threshold !== null && loss < threshold * pace)) samples[easy++] = i;
      }
      return samples.slice(0, easy);
    };

    return {
      ordered: 'some',
      memory: { losses },
      begin: (number) => {
        const samples = easySamples(number);
        epoch.random.shuffle(samples);
        epoch.order.start(samples);
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

/** Options of `selfPaced`. */
export type SelfPacedOptions = OptionsFor<typeof selfPaced>;

/** The selector that `selfPaced` makes. */
export type SelfPacedSelector = SelectorOf<typeof selfPaced>;
