/** What the paper's table says in words, on the page and in the terminal. */
import { PAPER_FINE_TUNING_DATA, PAPER_FINE_TUNING_REDUCTIONS } from './analysis/paper-numbers.js';
import type { TableGroup, TableRow } from './analysis/paper-table.js';
import { FINE_TUNED } from './analysis/paper-table.js';
import { change, count, plural } from './format.js';
import { describeOptimizer } from './html/facts.js';

/** Data and optimizer of a group: `mnist, plain SGD`. */
export function groupTitle({ dataset, optimizer }: TableGroup): string {
  return optimizer === '' ? dataset : `${dataset}, ${describeOptimizer({ name: optimizer })}`;
}

/** The setting of an experiment in a line. */
export function setting({ parameters, trainSize, epochs, warmupEpochs, seeds }: TableRow): string {
  const warmup = warmupEpochs === 0 ? 'no warm-up' : `${warmupEpochs} of warm-up`;
  return `${count(parameters)} parameters, ${plural(trainSize, 'sample')}, ${plural(epochs, 'epoch')} (${warmup}), ${plural(seeds, 'seed')}`;
}

/** What the paper says where its tables of test errors have no row. */
export function withoutRow({ rows }: TableGroup): string {
  if (!rows.every(({ model }) => model === FINE_TUNED)) return 'no such row in its tables of 2019';
  const reductions = PAPER_FINE_TUNING_DATA.map(
    (data, i) => `${data} ${change(PAPER_FINE_TUNING_REDUCTIONS[i] ?? null)}`,
  );
  return `fine-tuning DenseNet-121: ${reductions.join(', ')} (Recency Bias against Random)`;
}
