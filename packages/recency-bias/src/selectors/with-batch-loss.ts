import { epochsOf } from '../core/define/epoch.js';
import { checkRun } from '../core/define/run.js';
import { selectorShell } from '../core/define/selector-shell.js';
import { LatestValues } from '../core/memory/latest-values.js';
import type { Observation, Selector, SelectorFactory, Signal } from '../core/selector.js';
import { signalTable } from '../core/signals.js';
import { checkKeys, checkNumber } from '../core/validate.js';
import { checkInner, memoryOf } from './wrapper.js';

/** Options of `withBatchLoss`. */
export interface BatchLossOptions {
  /** α, the share of a score that stays when its sample is trained again; from 0, included, to 0.999. Default 0.9. */
  readonly decay?: number | undefined;
}

/** The signals of a wrapped selector: the batch's mean in the place of the sample's loss. */
export type BatchLossSignals<S extends Signal> = Exclude<S, 'loss'> | 'batchLoss';

/**
 * Lets a selector that learns from losses work where only the mean loss of a batch is known: Batch Loss Score (Zhou et al.,
 * CVPR 2026, arXiv 2604.04681). The inner selector sees, in the place of the loss of sample i, its score
 * s_i = α s_i + (1 − α) L(B), changed whenever the sample is in a batch B of mean loss L(B), from 0. Needs the signal
 * `batchLoss`.
 *
 * @throws TypeError or RangeError for a bad option; the factory throws a TypeError when the inner selector learns from no loss
 */
export function withBatchLoss<S extends Signal>(
  inner: SelectorFactory<S>,
  options: BatchLossOptions = {},
): SelectorFactory<BatchLossSignals<S>, Selector<BatchLossSignals<S>>> {
  checkInner('withBatchLoss', inner);
  checkKeys('withBatchLoss', options, ['decay']);
  const decay = checkNumber('withBatchLoss: decay', options.decay ?? 0.9, 0, 0.999);
  return (given) => {
    const run = checkRun(given);
    const selector = inner(run);
    const { name } = selector;
    if (!(selector.signals as readonly Signal[]).includes('loss')) {
      throw new TypeError(
        `withBatchLoss: ${name} learns from no loss; wrap a selector that does, such as onlineBatch() or seta().`,
      );
    }
    const signals = selector.signals.map((signal) => (signal === 'loss' ? 'batchLoss' : signal));
    const scores = new LatestValues(run.size, 0);
    const facts = {
      name,
      stateName: 'withBatchLoss',
      signals: signalTable(signals as readonly BatchLossSignals<S>[]),
      warmupEpochs: 0,
    };
    return selectorShell(run, facts, epochsOf(run), {
      memory: { scores, inner: memoryOf(selector, (outer) => outer) },
      begin: (number) => {
        selector.beginEpoch(number);
      },
      select: (batchSize) =>
        selector.select(batchSize, () =>
          Promise.reject(
            new TypeError(
              `withBatchLoss: ${name} compares samples by their own losses before it selects, which the mean of a batch does not tell.`,
            ),
          ),
        ),
      learn: (observation) => {
        const { indices, batchLoss } = observation as Observation<'batchLoss'>;
        const loss = new Float32Array(indices.length);
        for (let row = 0; row < indices.length; row++) {
          const index = indices[row]!;
          scores.values[index] = decay * scores.values[index]! + (1 - decay) * batchLoss[row]!;
          loss[row] = scores.values[index]!;
        }
        // The signals other than the loss are those of the observation, which the shell has checked.
        selector.observe({ ...observation, loss } as unknown as Observation<S>);
      },
      ...(selector.probabilities !== undefined && { probabilities: () => selector.probabilities!() }),
    });
  };
}
