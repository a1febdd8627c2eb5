/** The process that measures what a run costs. */
import { measureCost } from './measure-cost.js';
import type { RunCost } from './measure-cost.js';
import type { MethodInputs } from '../document/method-inputs.js';
import { prepareExperiment } from '../prepare/prepare.js';
import type { ResolvedExperiment } from '../document/resolve.js';

/** The message to the process. */
export interface CostOrder {
  readonly experiment: ResolvedExperiment;
  readonly cache: string;
  readonly inputs: MethodInputs;
}

/** Its answer. */
export type CostMessage = { readonly cost: RunCost } | { readonly error: string };

async function work({ experiment, cache, inputs }: CostOrder): Promise<RunCost> {
  return measureCost(
    await prepareExperiment({ input: experiment }, { cache, inputs, purpose: 'train', standIn: true }),
  );
}

process.on('message', (order: CostOrder) => {
  void work(order)
    .then((cost): CostMessage => ({ cost }))
    .catch((error: unknown): CostMessage => ({
      error: error instanceof Error ? error.message : String(error),
    }))
    .then((message) => process.send?.(message))
    .finally(() => {
      process.disconnect();
    });
});
