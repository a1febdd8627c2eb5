import { epochsOf } from '../core/define/epoch.js';
import { checkWarmup } from '../core/define/options.js';
import { checkRun } from '../core/define/run.js';
import { selectorShell } from '../core/define/selector-shell.js';
import type { SelectorFactory, Signal } from '../core/selector.js';
import { signalTable } from '../core/signals.js';
import { checkInteger, checkKeys } from '../core/validate.js';
import { checkInner, memoryOf } from './wrapper.js';

/** Options of `withWarmup`. */
export interface WarmupOptions {
  /** Uniform epochs before the inner selector takes over; at most the run's epochs. */
  readonly epochs: number;
}

/**
 * Puts uniform epochs before any selector, your own included. The inner selector observes from the start; it selects from
 * epoch `epochs` + 1, which it sees as epoch 1 of a run that is shorter by as much, so its schedules begin there. A method
 * with a `warmupEpochs` option of its own wants it at 0 in here.
 *
 * @throws TypeError or RangeError for a bad option; the factory throws when the warm-up is longer than the run
 */
export function withWarmup<S extends Signal>(
  inner: SelectorFactory<S>,
  options: WarmupOptions,
): SelectorFactory<S> {
  checkInner('withWarmup', inner);
  checkKeys('withWarmup', options, ['epochs']);
  const warmupEpochs = checkInteger('withWarmup: epochs', options.epochs, 0);
  return (given) => {
    const run = checkRun(given);
    checkWarmup('withWarmup: epochs', warmupEpochs, run);
    const selector = inner({ ...run, epochs: Math.max(1, run.epochs - warmupEpochs) });
    const { name } = selector;
    const signals = signalTable(selector.signals);
    return selectorShell(run, { name, stateName: 'withWarmup', signals, warmupEpochs }, epochsOf(run), {
      memory: {
        inner: memoryOf(selector, (outer) => (outer > warmupEpochs ? outer - warmupEpochs : undefined)),
      },
      begin: (number) => {
        selector.beginEpoch(number - warmupEpochs);
      },
      select: (batchSize, score) => selector.select(batchSize, score),
      observe: (observation) => {
        selector.observe(observation);
      },
      ...(selector.probabilities !== undefined && { probabilities: () => selector.probabilities!() }),
    });
  };
}
