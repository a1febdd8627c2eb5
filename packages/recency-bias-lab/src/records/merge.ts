/** Puts comparison directories of the same experiment together: other seeds, other selectors, another machine. */
import { isDeepStrictEqual } from 'node:util';
import type { RecordedMethod } from './experiment.js';
import { orderRuns, RecordError } from './read.js';
import type { Comparison, Run } from './run.js';

/** Parts of an experiment in which the directories of one comparison may differ. */
const FREE = new Set(['name', 'description', 'selectors', 'seeds', 'backend']);

/** Parts of its data set that say where a machine has it, not what it is. */
const FREE_OF_DATASET = new Set(['path', 'memoryLimit', 'fingerprint']);

function without(fields: object, left: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !left.has(key)));
}

/** The place of a pretrained network makes no difference where its checksum says which one it is. */
const FREE_OF_CHECKED_MODEL = new Set(['backbone']);

/** The settings that two directories must have in common. */
function settings({ experiment }: Comparison): Record<string, unknown> {
  const { dataset, model } = experiment;
  const options = model?.options;
  return {
    ...without(experiment, FREE),
    dataset: dataset && without(dataset, FREE_OF_DATASET),
    ...(options !== undefined &&
      'checksum' in options && { model: { ...model, options: without(options, FREE_OF_CHECKED_MODEL) } }),
  };
}

/** Selectors of an experiment by label. */
function methods({ experiment }: Comparison): Record<string, RecordedMethod> {
  return experiment.selectors ?? {};
}

/** The fingerprint of the data; undefined in records of versions that made none. */
function fingerprintOf({ experiment: { dataset } }: Comparison): string | undefined {
  return dataset?.fingerprint;
}

/** Whether two comparisons are of the same data, as far as their records say. */
function isSameData(a: Comparison, b: Comparison): boolean {
  const [own, other] = [fingerprintOf(a), fingerprintOf(b)];
  return own === undefined || other === undefined || own === other;
}

/** Whether two comparisons are parts of one: equal settings, data and, under equal labels, methods. */
export function isSameExperiment(a: Comparison, b: Comparison): boolean {
  const [own, other] = [methods(a), methods(b)];
  const [first, second] = [a, b].map(({ runs, warmups }) => (runs[0] ?? warmups[0])?.header);
  const common = Object.keys(own).filter((label) => Object.hasOwn(other, label));
  return (
    isSameData(a, b) &&
    isDeepStrictEqual(settings(a), settings(b)) &&
    common.every((label) => isDeepStrictEqual(own[label], other[label])) &&
    (first === undefined || second === undefined || isDeepStrictEqual(first.dataset, second.dataset))
  );
}

/** A run with the directory that it comes from. */
interface Found {
  readonly run: Run;
  readonly source: string;
}

function runName({ header: { kind, selector, seed } }: Run): string {
  return `${kind === 'warmup' ? 'warm-up' : selector} seed ${seed}`;
}

/** Whether two records of a run agree in every epoch that both hold; times may differ. */
function agree(a: Run, b: Run): boolean {
  return a.epochs.every((event) => {
    const other = b.epochs.find(({ epoch }) => epoch === event.epoch);
    return (
      other === undefined ||
      (event.testError === other.testError &&
        event.testLoss === other.testLoss &&
        event.trainLoss === other.trainLoss &&
        event.probeLoss === other.probeLoss &&
        event.trainedSamples === other.trainedSamples)
    );
  });
}

/**
 * Each run once; of two records of a run that agree the one that goes further, or else the first.
 * @throws RecordError naming the runs of which two directories hold different results.
 */
function distinctRuns(parts: readonly Comparison[]): Run[] {
  const found = new Map<string, Found>();
  const conflicts: { readonly name: string; readonly sources: string }[] = [];
  for (const part of parts) {
    const source = part.sources.join(', ');
    for (const run of [...part.warmups, ...part.runs]) {
      const name = runName(run);
      const known = found.get(name);
      if (known !== undefined && !agree(known.run, run)) {
        conflicts.push({ name, sources: `${known.source} and ${source}` });
      }
      const isFurther =
        known === undefined ||
        (run.complete && !known.run.complete) ||
        (run.complete === known.run.complete && run.epochs.length > known.run.epochs.length);
      if (isFurther) found.set(name, { run, source });
    }
  }
  if (conflicts.length > 0) {
    const sources = [...new Set(conflicts.map((conflict) => conflict.sources))].join('; ');
    throw new RecordError(
      `${sources}: hold different results of the same runs (${conflicts.map(({ name }) => name).join(', ')}); ` +
        'leave one of the directories out, or take these runs out of one',
    );
  }
  return [...found.values()].map(({ run }) => run);
}

/** One comparison of the directories of the same experiment, in the order given. */
function merge(parts: readonly Comparison[]): Comparison {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError('merge: got no comparison, expected at least one');
  if (others.length === 0) return first;
  const selectors = [...new Set(parts.flatMap((part) => part.selectors))];
  const seeds = [...new Set(parts.flatMap((part) => part.seeds))].sort((a, b) => a - b);
  const [shards, ...otherCounts] = new Set(parts.flatMap((part) => part.shards ?? []));
  return {
    name: first.name,
    sources: [...new Set(parts.flatMap(({ sources }) => sources))],
    experiment: {
      ...first.experiment,
      selectors: Object.fromEntries(parts.toReversed().flatMap((part) => Object.entries(methods(part)))),
      seeds,
    },
    selectors,
    seeds,
    ...(shards !== undefined && otherCounts.length === 0 && { shards }),
    ...orderRuns(distinctRuns(parts), selectors, seeds),
  };
}

/**
 * Merges the comparisons that belong to the same experiment (see `isSameExperiment`); the others stay apart. In the order of
 * the first directory of each.
 * @throws RecordError when two directories hold different results of a run: which is right cannot be known.
 */
export function mergeComparisons(comparisons: readonly Comparison[]): Comparison[] {
  const groups: Comparison[][] = [];
  for (const comparison of comparisons) {
    const group = groups.find(([first]) => first !== undefined && isSameExperiment(first, comparison));
    if (group === undefined) groups.push([comparison]);
    else group.push(comparison);
  }
  return groups.map(merge);
}
