import { defineMethod, type OptionsFor, type SelectorOf } from '../core/define/define-selector.js';
import { integer, number } from '../core/define/options.js';
import { LatestValues } from '../core/memory/latest-values.js';
import { groupByValue } from '../core/sampling/value-groups.js';
import { loss } from '../core/signal-columns.js';

/**
 * SeTa: each epoch leaves out a random part, sorts the rest into groups of near losses, and trains a window of these groups
 * that slides from the easy to the hard ones and begins anew (Zhou, Gao & Wang, CVPR 2025, arXiv 2503.13385). The last
 * epochs train random samples. An epoch is one pass over its samples. Needs the signal `loss`.
 */
export const seta = defineMethod({
  name: 'seta',
  title: 'SeTa',
  paper: 'Zhou, Gao & Wang, CVPR 2025, arXiv 2503.13385',
  signals: { loss },
  options: {
    /** r, the share of the samples that an epoch leaves out at random; from 0 to 0.99. Default 0.1. */
    pruneRatio: number(0.1, 0, 0.99),
    /** k, the number of groups; 1 to 1000. Default 5. */
    groups: integer(5, 1, 1000),
    /** α, the share of the groups that the window holds, above 0 to 1; rounded, halves to the even number, at least one group. Default 0.9. */
    windowScale: number(0.9, 1e-9, 1),
    /** δ: epochs after δ · epochs train a random subset of all samples; from 0 to 1. Default 0.875. */
    delta: number(0.875, 0, 1),
  },
  cost: () => ({ fewer: true }),

  make({ size, epochs }, { pruneRatio, groups, windowScale, delta }, epoch) {
    const losses = new LatestValues(size, -Infinity);
    const windowSize = Math.max(1, roundHalfToEven(groups * windowScale));
    const stay = Math.max(1, Math.floor((1 - pruneRatio) * size + 1e-9));

    /** Which groups an epoch trains, from `first` up to, but without, `end`: all of them in the first epoch. */
    const windowOf = (number: number): { first: number; end: number } => {
      if (number === 1) return { first: 0, end: groups };
      const first = (number - 1) % (groups - windowSize + 1);
      return { first, end: first + windowSize };
    };

    /** The samples of the window among `subset`, and those whose loss is not known. */
    const inWindow = (subset: Int32Array): Int32Array => {
      const known = subset.filter((sample) => losses.values[sample] !== -Infinity);
      known.sort((a, b) => losses.values[a]! - losses.values[b]! || a - b);
      const cuts = groupByValue(
        Float64Array.from(known, (sample) => losses.values[sample]!),
        groups,
      );
      const { first, end } = windowOf(epoch.number);
      const chosen = known.subarray(cuts[first], cuts[end]);
      const unknown = subset.filter((sample) => losses.values[sample] === -Infinity);
      const samples = new Int32Array(chosen.length + unknown.length);
      samples.set(chosen);
      samples.set(unknown, chosen.length);
      // A window whose groups are all empty would end the epoch before it began.
      return samples.length > 0 ? samples : subset;
    };

    return {
      ordered: 'some',
      memory: { losses },
      begin: (number) => {
        epoch.order.shuffle(epoch.random);
        epoch.order.limit(stay);
        if (number > delta * epochs) return;
        const samples = inWindow(epoch.order.toArray());
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

/** Rounds as Python does, so that the authors' 0.9 of 5 groups are 4. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Options of `seta`. */
export type SetaOptions = OptionsFor<typeof seta>;

/** The selector that `seta` makes. */
export type SetaSelector = SelectorOf<typeof seta>;
