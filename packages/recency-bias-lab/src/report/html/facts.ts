/** The settings of a comparison as terms and values. */
import { augmentationSchema, describeAugmentation, resolveAugmentation } from '../../augment/policies.js';
import { largest, smallest } from '../../ground/extremes.js';
import { scalingWords } from '../../models/scaling.js';
import type { Environment } from '../../records/schema.js';
import { machines } from '../analysis/machines.js';
import type { Analysis } from '../analysis/results.js';
import type { Trajectory } from '../analysis/trajectory.js';
import { count, duration, plural } from '../format.js';

export type Fact = readonly [name: string, value: string];

/** Keys of the experiment that other facts show, or that only programs need. */
const SHOWN_ELSEWHERE = new Set([
  'name',
  'description',
  'dataset',
  'model',
  'optimizer',
  'learningRate',
  'selectors',
  'seeds',
  'epochs',
  'iterations',
  'batchSize',
  'warmupEpochs',
  'backend',
  'augmentation',
]);

/** Plain text of any value of an experiment: `momentum 0.9, nesterov true`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(describeValue).join('; ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => (key === 'name' ? describeValue(inner) : `${key} ${describeValue(inner)}`))
      .join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * `flip; standardised by channel`, or `flip; scaled symmetric, to [-1, 1]` for a model that has a scaling of its own; any other value
 * as it is.
 * @param model the model of the experiment, as recorded
 */
export function describeImageChanges(value: unknown, model?: unknown): string {
  const { success, data } = augmentationSchema.safeParse(value);
  if (!success) return describeValue(value);
  const { options } = (typeof model === 'object' && model !== null ? model : {}) as {
    options?: { scaling?: unknown };
  };
  const scaling = options?.scaling;
  return describeAugmentation(
    resolveAugmentation(data),
    scaling === undefined ? undefined : scalingWords(scaling),
  );
}

/** `plain SGD`, `Nesterov momentum 0.9`, `Adam`; any other value as it is. */
export function describeOptimizer(value: unknown): string {
  const { name, momentum, nesterov } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (name === 'sgd') return 'plain SGD';
  if (name === 'adam') return 'Adam';
  if (name === 'momentum' && (momentum === undefined || typeof momentum === 'number')) {
    return `${nesterov === true ? 'Nesterov ' : ''}momentum ${momentum ?? 0.9}`;
  }
  return describeValue(value);
}

/** The learning rate as it was recorded: `0.1, from epoch 11 0.01`. */
export function describeLearningRate({ epochs }: Pick<Trajectory, 'epochs'>): string {
  const parts: string[] = [];
  let last: number | undefined;
  for (const { epoch, learningRate } of epochs) {
    if (last !== undefined && Math.abs(learningRate - last) <= 1e-9 * last) continue;
    const rate = String(Number(learningRate.toPrecision(4)));
    parts.push(last === undefined ? rate : `${rate} from epoch ${epoch}`);
    last = learningRate;
  }
  return parts.length > 5 ? `${parts[0]!} to ${parts.at(-1)!}, changing` : parts.join(', ');
}

/** Words of a camel-case key: `weightDecay` becomes `Weight decay`. */
function words(key: string): string {
  return key
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());
}

function wallClock({ comparison }: Analysis): Fact[] {
  if (comparison.sources.length > 1) return [['Records', comparison.sources.join(', ')]];
  const runs = [...comparison.warmups, ...comparison.runs];
  const starts = runs.map(({ header }) => Date.parse(header.startedAt));
  const ends = runs.flatMap(({ epochs }) => epochs.slice(-1).map(({ time }) => Date.parse(time)));
  if (starts.length === 0 || ends.length === 0) return [];
  const first = smallest(starts);
  const seconds = (largest(ends) - first) / 1000;
  const begun: Fact = ['Begun', `${new Date(first).toISOString().slice(0, 16).replace('T', ' ')} UTC`];
  return seconds > 0 ? [begun, ['First to last epoch', duration(seconds)]] : [begun];
}

/** One machine in three facts, several in one fact each with the seeds that were trained there. */
function machineFacts({ comparison, title }: Analysis, environment: Environment): Fact[] {
  const hardware = ({ cpu, cores }: Environment): string => `${cpu.trim()}, ${plural(cores, 'core')}`;
  const software = ({ node, platform }: Environment): string => `Node ${node.replace(/^v/, '')}, ${platform}`;
  const found = machines(comparison);
  if (found.length < 2) {
    return [
      ['Backend', environment.backend],
      ['Machine', hardware(environment)],
      ['Software', software(environment)],
    ];
  }
  return found.map(({ environment: one, seeds, runs }, i) => {
    const trained = [
      ...(seeds.length === 0 ? [] : [`${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`]),
      ...runs.map(({ selector, seed }) => `${title(selector)} seed ${seed}`),
    ];
    return [
      `Machine ${i + 1}`,
      `${trained.join(', ')}: ${hardware(one)}; backend ${one.backend}; ${software(one)}`,
    ];
  });
}

/** All facts, known ones first, then whatever else the experiment says. */
export function facts(analysis: Analysis): Fact[] {
  const { header, results, trajectories } = analysis;
  const seeds: Fact = ['Seeds', results.seeds.join(', ')];
  if (header === null) return [['Selectors', results.selectors.map(({ title }) => title).join(', ')], seeds];
  const { dataset, model, warmupEpochs } = header;
  const { experiment } = analysis.comparison;
  // A warm-up, which may be the only run there is yet, is shorter.
  const epochs = experiment.epochs ?? header.epochs;
  const longest = trajectories.reduce<Trajectory | undefined>(
    (best, run) => (best === undefined || run.epochs.length > best.epochs.length ? run : best),
    undefined,
  );
  const rate = longest === undefined ? '' : describeLearningRate(longest);
  const rest = Object.entries(experiment)
    .filter(([key]) => !SHOWN_ELSEWHERE.has(key))
    .map(([key, value]): Fact => [words(key), describeValue(value)]);
  return [
    ['Data', `${dataset.name}, ${count(dataset.classes)} classes`],
    ['Samples', `${count(dataset.trainSize)} for training, ${count(dataset.testSize)} for testing`],
    ['Model', `${model.name}, ${count(model.parameters)} parameters`],
    [
      'Epochs',
      warmupEpochs === 0
        ? `${epochs}, no warm-up`
        : `${epochs}, the first ${warmupEpochs} a warm-up${results.selectors.length > 1 ? ' shared by all' : ', in which all samples are drawn alike'}`,
    ],
    ['Batch', plural(header.batchSize, 'sample')],
    ...(experiment.optimizer === undefined
      ? []
      : [['Optimizer', describeOptimizer(experiment.optimizer)] as const]),
    ...(rate === '' ? [] : [['Learning rate', rate] as const]),
    ...(experiment.augmentation === undefined
      ? []
      : [['Augmentation', describeImageChanges(experiment.augmentation, experiment.model)] as const]),
    ...rest,
    seeds,
    ...machineFacts(analysis, header.environment),
    [
      'Seconds',
      results.clock === 'processor'
        ? 'processor time of each run, which has one thread'
        : 'by the clock on the wall',
    ],
    ...wallClock(analysis),
  ];
}
