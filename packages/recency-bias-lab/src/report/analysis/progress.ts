/** Which runs of a comparison are done. */
import type { Comparison, Run } from '../../records/run.js';

/** How far one of a comparison's runs has come. */
export interface RunExtent {
  readonly selector: string;
  readonly seed: number;
  readonly state: 'complete' | 'under way' | 'not begun';
  /** Completed epochs, warm-up included, of how many. */
  readonly epoch: number;
  readonly epochs: number;
}

/** How far every run of the comparison has come, in the order of its selectors and seeds. */
export function runExtents({ selectors, seeds, runs, warmups }: Comparison): RunExtent[] {
  const bySelector = new Map<string, Map<number, Run>>();
  for (const run of runs) {
    const own = bySelector.get(run.header.selector) ?? new Map<number, Run>();
    bySelector.set(run.header.selector, own.set(run.header.seed, run));
  }
  return selectors.flatMap((selector) =>
    seeds.map((seed): RunExtent => {
      const run = bySelector.get(selector)?.get(seed);
      const warmup = warmups.find(({ header }) => header.seed === seed);
      const epochs = (run ?? runs[0] ?? warmup ?? warmups[0])?.header.epochs ?? 0;
      const forkEpoch = run === undefined ? 0 : run.header.warmupEpochs;
      return {
        selector,
        seed,
        state: run === undefined ? 'not begun' : run.complete ? 'complete' : 'under way',
        epoch: run?.epochs.at(-1)?.epoch ?? forkEpoch,
        epochs,
      };
    }),
  );
}
