/** The words of the paper's table, on the page and in the terminal. */
import { PAPER_FINE_TUNING_DATA, PAPER_FINE_TUNING_REDUCTIONS } from './analysis/paper-numbers.js';
import type { TableGroup, TableRow } from './analysis/paper-table.js';
import { FINE_TUNED } from './analysis/paper-table.js';
import { change, count, plural } from './format.js';
import { describeOptimizer, describeValue } from './html/facts.js';

/** Data and optimizer of a group: `mnist, plain SGD`. */
export function groupTitle({ dataset, optimizer }: TableGroup): string {
  return optimizer === '' ? dataset : `${dataset}, ${describeOptimizer({ name: optimizer })}`;
}

/** An option's value in short: `8-16-32` of a list, the last part of a path. */
function optionValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(optionValue).join('-');
  if (typeof value !== 'string') return describeValue(value);
  return (
    value
      .replace(/\/model\.json$/, '')
      .split('/')
      .at(-1) ?? value
  );
}

/** The network with its options: `small-cnn (channels 8-16-32)`. */
export function modelTitle({ model, modelOptions }: TableRow): string {
  const options = Object.entries(modelOptions)
    .filter(([name]) => name !== 'checksum')
    .map(([name, value]) => `${name} ${optionValue(value)}`);
  return options.length === 0 ? model : `${model} (${options.join(', ')})`;
}

/** The setting of an experiment in a line. */
export function setting({ parameters, trainSize, epochs, warmupEpochs, seeds }: TableRow): string {
  const warmup = warmupEpochs === 0 ? 'no warm-up' : `${warmupEpochs} of warm-up`;
  return `${count(parameters)} parameters, ${plural(trainSize, 'sample')}, ${plural(epochs, 'epoch')} (${warmup}), ${plural(seeds, 'seed')}`;
}

/** The paper's numbers beside rows that its tables of test errors do not have. */
export function withoutRow({ rows }: TableGroup): string {
  if (!rows.every(({ model }) => model === FINE_TUNED)) return 'no such row in its tables of 2019';
  const reductions = PAPER_FINE_TUNING_DATA.map(
    (data, i) => `${data} ${change(PAPER_FINE_TUNING_REDUCTIONS[i] ?? null)}`,
  );
  return `fine-tuning DenseNet-121: ${reductions.join(', ')} (Recency Bias against Random)`;
}
