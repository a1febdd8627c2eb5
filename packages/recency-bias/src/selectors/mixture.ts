import { epochsOf } from '../core/define/epoch.js';
import { boolean, integer } from '../core/define/options.js';
import { checkRun } from '../core/define/run.js';
import { selectorShell } from '../core/define/selector-shell.js';
import { Fields } from '../core/memory/fields.js';
import type { Random } from '../core/random.js';
import { IndexSet } from '../core/sampling/distinct.js';
import type { Selection, SelectorFactory, Selector, Signal } from '../core/selector.js';
import { signalTable } from '../core/signals.js';
import { memoryOf } from './wrapper.js';

/** How a mixture divides its batches between uniform draws and the inner selector. */
export interface Mixing {
  /** Name of the wrapper, for messages and states. */
  readonly owner: string;
  /** How many of the `count` samples of the epoch's batch `batch` (1-based) are drawn uniformly. */
  readonly uniformDraws: (count: number, batch: number, random: Random) => number;
  /** Probability that the next draw is uniform, where it is the same for every draw of an epoch. */
  readonly uniformShare?: number;
}

/**
 * Batches of which some samples are drawn uniformly and the others by an inner selector. An epoch is as many samples as
 * there are data, or ends when the inner selector's does. There is a distribution of the next draw where the inner selector
 * has one and all draws of an epoch are alike.
 */
export function mixture<S extends Signal>(
  inner: SelectorFactory<S>,
  { owner, uniformDraws, uniformShare }: Mixing,
): SelectorFactory<S, Selector<S>> {
  return (given) => {
    const run = checkRun(given);
    const { size } = run;
    const selector = inner(run);
    const { name } = selector;
    const signals = signalTable(selector.signals);
    const epoch = epochsOf(run);
    const seen = new IndexSet();
    /** Batches of the epoch so far, and whether the inner selector's epoch is exhausted. */
    const fields = new Fields({ batches: integer(0, 0), ended: boolean(false) });
    const now = fields.values;

    /** Adds `uniform` samples, of weight 1, that the batch does not have. */
    const complete = (chosen: Int32Array, weights: Float32Array | undefined, uniform: number): Selection => {
      const rows = chosen.length + uniform;
      const indices = new Int32Array(rows);
      indices.set(chosen);
      seen.reset(rows);
      for (const index of chosen) seen.add(index);
      for (let n = chosen.length; n < rows;) {
        const index = epoch.random.int(size);
        if (seen.add(index)) indices[n++] = index;
      }
      if (weights === undefined) return { indices };
      const all = new Float32Array(rows).fill(1);
      all.set(weights);
      return { indices, weights: all };
    };
    const join = (selection: Selection | null, uniform: number): Selection | null => {
      now.ended = selection === null;
      return selection && complete(selection.indices, selection.weights, uniform);
    };

    return selectorShell(run, { name, stateName: owner, signals, warmupEpochs: 0 }, epoch, {
      memory: { fields, inner: memoryOf(selector, (outer) => outer) },
      begin: (number) => {
        selector.beginEpoch(number);
        now.batches = 0;
        now.ended = false;
      },
      select: (batchSize, score) => {
        const count = epoch.take(batchSize);
        if (count === 0 || now.ended) return null;
        const uniform = uniformDraws(count, ++now.batches, epoch.random);
        if (uniform === count) return complete(new Int32Array(0), undefined, uniform);
        const chosen = selector.select(count - uniform, score);
        return chosen instanceof Promise
          ? chosen.then((selection) => join(selection, uniform))
          : join(chosen, uniform);
      },
      observe: (observation) => {
        selector.observe(observation);
      },
      ...(selector.probabilities !== undefined &&
        uniformShare !== undefined && {
          probabilities: () =>
            selector.probabilities!().map(
              (probability) => (1 - uniformShare) * probability + uniformShare / size,
            ),
        }),
    });
  };
}
