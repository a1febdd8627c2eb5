/** The plan of a comparison, for people. */
import pc from 'picocolors';
import { describeAugmentation } from '../augment/policies.js';
import { largest } from '../ground/extremes.js';
import { scalingWords } from '../models/scaling.js';
import type { Estimate } from '../experiment/processes/estimate.js';
import { phasesOf } from '../experiment/document/phases.js';
import { stepEpoch } from '../experiment/training/learning-rate.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { selectorNamed } from '../experiment/document/named-selectors.js';
import { mostAtATime, runTasks } from '../experiment/document/tasks.js';
import type { MethodInputs } from '../experiment/document/method-inputs.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatSpan,
  listed,
  plural,
} from './format.js';
import { LINE_WIDTH, wrap } from './line-width.js';

function describeTraining(experiment: ResolvedExperiment): string {
  const { epochs, batchSize, dataset, optimizer, learningRate, weightDecay, probe } = experiment;
  const steps = Math.ceil(dataset.trainSize / batchSize);
  const method = {
    sgd: 'plain SGD',
    adam: 'Adam',
    momentum: `${optimizer.nesterov === true ? 'Nesterov ' : ''}momentum ${optimizer.momentum ?? 0.9}`,
  }[optimizer.name];
  // Each phase runs through all changes of the rate; those of the last are told.
  const { kind, first } = phasesOf(experiment).at(-1)!;
  const changes = learningRate.steps.map(
    ([when, factor]) => `x ${factor} after epoch ${first - 1 + stepEpoch(when, epochs - first + 1)}`,
  );
  const probeRates =
    probe === undefined ? '' : `the best of the rates ${listed(probe.learningRates.map(String))}`;
  const start = kind === 'probe' ? probeRates : `rate ${learningRate.initial}`;
  const rate = [
    ...(kind === 'training' && probe !== undefined
      ? [`${plural(probe.epochs, 'epoch')} of the new layer alone at ${probeRates}, then ${start}`]
      : [start]),
    ...changes,
  ].join(', ');
  return `${plural(epochs, 'epoch')} of ${plural(steps, 'step')} (batch ${batchSize}), ${method}, ${rate}, weight decay ${weightDecay}`;
}

function describeSelectors({ selectors, grid }: ResolvedExperiment): string {
  const cells = new Set(grid?.labels);
  const single = Object.entries(selectors)
    .filter(([label]) => !cells.has(label))
    .map(([label, { name }]) => (label === name ? label : `${label} (${name})`));
  if (grid === undefined) return listed(single);
  const spans = Object.entries(grid.options).map(([name, values]) => `${name} ${values.join(', ')}`);
  return `${listed(single)}, and ${plural(cells.size, 'cell')} of ${grid.selector}: ${spans.join(' x ')}`;
}

/** Of selectors that keep predictions: whether the warm-up fills their windows. */
function describeWindows({ selectors, warmupEpochs }: ResolvedExperiment): string | undefined {
  const longest = largest(
    Object.values(selectors).map(({ options: { window, warmupEpochs: own = warmupEpochs } }) =>
      typeof window === 'number' && typeof own === 'number' && own < window ? window : 0,
    ),
  );
  if (longest === 0) return undefined;
  return `of up to ${plural(longest, 'prediction')}, more than the warm-up makes: still filling when selection begins`;
}

/** Changes made to the data on purpose, each with a semicolon before it. */
function describeChanges({ classes, imbalance, copies, labelNoise }: ResolvedExperiment['dataset']): string {
  const confusable = labelNoise?.to === undefined || labelNoise.to === 'any' ? '' : ', by confusable classes';
  const changes = [
    classes !== undefined && `the first ${classes} classes`,
    imbalance !== undefined && `largest class ${imbalance} times the smallest in training`,
    copies !== undefined &&
      `each training image ${copies.count} times, shifted by up to ${plural(copies.shift, 'pixel')}`,
    labelNoise !== undefined &&
      `${formatPercent(labelNoise.share)} of the training labels made wrong${confusable}`,
  ];
  return changes.map((change) => (change === false ? '' : `; ${change}`)).join('');
}

/** Which methods do not train as many samples an epoch as there are, or look at others besides; undefined when none. */
function describeWork({ selectors, dataset }: ResolvedExperiment): string | undefined {
  const costs = Object.entries(selectors).map(
    ([label, { name, options }]) => [label, selectorNamed(name)?.cost(options)] as const,
  );
  const verb = (labels: readonly string[], word: string): string =>
    `${listed(labels)} ${word}${labels.length === 1 ? 's' : ''}`;
  const fewer = costs.flatMap(([label, cost]) => (cost?.fewer === true ? [label] : []));
  const scored = costs.flatMap(([label, cost]) => (cost !== undefined && cost.scores > 0 ? [label] : []));
  const parts = [
    fewer.length > 0 &&
      `${verb(fewer, 'train')} fewer than ${formatCount(dataset.trainSize)} samples an epoch`,
    scored.length > 0 && `${verb(scored, 'score')} samples by forward passes besides`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** The training spent before the comparison on the input of a method; undefined when there is none. */
function describeInputs(inputs: MethodInputs): string | undefined {
  const parts = [...inputs].map(
    ([label, { description, cost }]) =>
      `${label}: ${description}; ${formatCount(cost.trainedSamples)} samples trained and ${formatCount(cost.scoredSamples)} scored ` +
      `in ${formatDuration(cost.trainSeconds)} beforehand, which the times below leave out`,
  );
  return parts.length === 0 ? undefined : parts.join('; ');
}

function describeImages({ augmentation, model }: ResolvedExperiment): string {
  const { scaling } = model.options;
  return describeAugmentation(augmentation, scaling === undefined ? undefined : scalingWords(scaling));
}

/** A row of a topic, where there is anything to say. */
function said(topic: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[topic, text]];
}

/** The plan as lines, a heading and one line a topic. */
export function describePlan(
  experiment: ResolvedExperiment,
  {
    dir,
    jobs,
    complete,
    inputs,
  }: { dir: string; jobs: number; complete: ReadonlySet<string>; inputs: MethodInputs },
): string {
  const { dataset, seeds, warmupEpochs } = experiment;
  const tasks = runTasks(experiment);
  const warmups = tasks.filter(({ kind }) => kind === 'warmup').length;
  const runs = tasks.length - warmups;
  const isSingle = runs === 1;
  const rows: [string, string][] = [
    [
      'data',
      `${dataset.name}, ${formatCount(dataset.trainSize)} training and ${formatCount(dataset.testSize)} test images${describeChanges(dataset)}`,
    ],
    ['images', `augmentation: ${describeImages(experiment)}`],
    ['model', `${experiment.model.name} on the ${experiment.backend} backend`],
    ['training', describeTraining(experiment)],
    [
      'warm-up',
      warmupEpochs === 0
        ? 'none'
        : `${plural(warmupEpochs, 'epoch')} of uniform batches${isSingle ? '' : ', trained once a seed and shared by all selectors'}`,
    ],
    [isSingle ? 'selector' : 'selectors', describeSelectors(experiment)],
    ...said('work', describeWork(experiment)),
    ...said('input', describeInputs(inputs)),
    ...said('windows', describeWindows(experiment)),
    [
      'runs',
      `${warmups > 0 ? `${plural(warmups, 'warm-up')} and ` : ''}${plural(runs, 'run')} (seed${seeds.length > 1 ? 's' : ''} ${listed(seeds.map(String))})${isSingle ? '' : `, ${mostAtATime(tasks, jobs)} at a time`}`,
    ],
    ['output', dir],
  ];
  if (complete.size > 0) rows.push(['complete', `${complete.size} of ${tasks.length} from before`]);
  const { name, description } = experiment;
  const heading = wrap([name, description?.trim()].filter(Boolean).join(': ')).join('\n');
  return [heading.replace(name, pc.bold(name)), ...rows.map(planRow)].join('\n');
}

/** Width of what stands before the text of a row. */
const INDENT = 13;

/** A line of the plan: its topic, and text that is wrapped. */
export function planRow([topic, text]: readonly [topic: string, text: string]): string {
  return `  ${pc.dim(topic.padEnd(9))}  ${wrap(text, LINE_WIDTH - INDENT).join(`\n${' '.repeat(INDENT)}`)}`;
}

/** `4:10`, `0.84 s`, `12 ms` */
function formatShort(seconds: number): string {
  if (seconds >= 60) return formatDuration(seconds);
  return seconds < 0.1 ? `${(1000 * seconds).toPrecision(2)} ms` : `${seconds.toPrecision(2)} s`;
}

/** How much longer a step takes than its processor time before the machine is called busy. */
const BUSY = 1.25;

/**
 * Time, memory and downloads that the plan takes on this machine, a line a topic.
 * @param jobs runs at a time
 * @param downloadMegabytes what is still to be fetched, if anything
 */
export function describeEstimate(
  { seconds, processorSeconds, memoryBytes, runBytes, diskBytes, cost }: Estimate,
  { probeSize, dataset }: ResolvedExperiment,
  { jobs, downloadMegabytes }: { jobs: number; downloadMegabytes: number | undefined },
): string {
  const isBusy = seconds > BUSY * processorSeconds;
  const { step, evaluation } = isBusy ? cost.processor : cost.wall;
  const evaluated = probeSize + dataset.testSize;
  const busy = isBusy ? `; about ${formatSpan(seconds)} if the machine stays as busy as it is now` : '';
  const rows: [string, string][] = [
    [
      'time',
      `about ${formatSpan(isBusy ? processorSeconds : seconds)}, ${plural(jobs, 'run')} at a time${busy}`,
    ],
    [
      '',
      `measured: ${formatShort(step)} a training step (${plural(cost.steps, 'step')}), ${formatShort(evaluated * evaluation)} to evaluate after each epoch`,
    ],
    ['memory', `about ${formatBytes(memoryBytes)}: ${formatBytes(runBytes)} a run, and the command itself`],
    [
      'disk',
      `about ${formatBytes(diskBytes)}: a checkpoint of ${formatBytes(cost.checkpointBytes)} and the best weights of ${formatBytes(cost.weightsBytes)} a run, and the records`,
    ],
    [
      'download',
      downloadMegabytes === undefined
        ? 'nothing'
        : `${downloadMegabytes} MB still to be fetched; measured on random images of the same shape`,
    ],
  ];
  return rows.map(planRow).join('\n');
}
