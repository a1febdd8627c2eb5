/** An experiment from flags: each overrides a field of the experiment file. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { selectorRegistry } from 'recency-bias';
import { policyNames } from '../augment/policies.js';
import { INPUT_OPTION } from '../experiment/document/method-inputs.js';
import { modelRegistry } from '../experiment/document/model-registry.js';
import { scalingNames } from '../models/scaling.js';

/** What `name:option=value,...` says. */
export interface NamedOptions {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Flag values as commander hands them over; all of them are optional. */
export interface ExperimentFlags {
  name?: string;
  dataset?: string;
  dataPath?: string;
  trainSize?: number;
  testSize?: number;
  imageSize?: number | readonly [number, number];
  skipUnreadable?: boolean;
  labelNoise?: number;
  model?: NamedOptions;
  backbone?: string;
  cut?: string;
  freeze?: boolean;
  freezeUntil?: string;
  scaling?: unknown;
  augmentation?: NamedOptions;
  optimizer?: string;
  momentum?: number;
  nesterov?: boolean;
  learningRate?: number;
  lrSteps?: (readonly [number, number])[];
  weightDecay?: number;
  batchSize?: number;
  epochs?: number;
  patience?: number;
  iterations?: number;
  warmupEpochs?: number;
  window?: number;
  selector?: Record<string, { name: string; options: Record<string, unknown> }>;
  grid?: NamedOptions;
  seeds?: number[];
  backend?: string;
  probeSize?: number;
}

/** A number as written; what it may be is checked with the rest of the experiment. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** `64`, or `48x64`: height and width. */
export function parseImageSize(text: string): number | readonly [number, number] {
  const [height = '', width, ...rest] = text.split('x');
  if (rest.length > 0) throw new InvalidArgumentError('Expected a size such as 64 or 48x64.');
  return width === undefined ? parseNumber(height) : [parseNumber(height), parseNumber(width)];
}

/** `1,2,3` */
export function parseNumbers(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/** `0.5:0.1,0.75:0.1` */
export function parseSteps(text: string): (readonly [number, number])[] {
  return text.split(',').map((pair) => {
    const [when, factor, ...rest] = pair.split(':');
    if (when === undefined || factor === undefined || rest.length > 0) {
      throw new InvalidArgumentError('Expected when:factor pairs such as 0.5:0.1,0.75:0.1.');
    }
    return [parseNumber(when), parseNumber(factor)] as const;
  });
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `option=value,...`; commas inside brackets belong to a value. */
function parseOptions(text: string): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const assignment of text.split(/,(?![^[]*\])/)) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError(`Expected option=value, found "${assignment}".`);
    options[assignment.slice(0, equals)] = parseValue(assignment.slice(equals + 1));
  }
  return options;
}

/** `name[:option=value,...]` */
export function parseNamed(text: string): NamedOptions {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, options: {} };
  if (colon === 0) throw new InvalidArgumentError('Expected name[:option=value,...].');
  return { name: text.slice(0, colon), options: parseOptions(text.slice(colon + 1)) };
}

/** `[label=]name[:option=value,...]`, collected by label. */
export function parseSelector(
  text: string,
  previous: NonNullable<ExperimentFlags['selector']> = {},
): NonNullable<ExperimentFlags['selector']> {
  const colon = text.indexOf(':');
  const head = colon < 0 ? text : text.slice(0, colon);
  const [first = '', second, ...rest] = head.split('=');
  if (first === '' || second === '' || rest.length > 0) {
    throw new InvalidArgumentError('Expected [label=]name[:option=value,...].');
  }
  const options = colon < 0 ? {} : parseOptions(text.slice(colon + 1));
  const input = options[INPUT_OPTION];
  if (typeof input === 'string') options[INPUT_OPTION] = resolve(input); // whatever file the flag is put over
  if (first in previous) throw new InvalidArgumentError(`The label ${first} is used twice.`);
  return { ...previous, [first]: { name: second ?? first, options } };
}

/** Adds the flags to a command. */
export function addExperimentFlags(command: Command, selectors: 'none' | 'one' | 'several'): Command {
  const group = 'Experiment (each overrides the file):';
  const add = (flags: string, text: string, parse?: (value: string) => unknown): void => {
    const option = new Option(flags, text).helpGroup(group);
    if (parse !== undefined) option.argParser(parse);
    command.addOption(option);
  };
  add('--name <name>', 'name of the experiment and of its output folder');
  add('--dataset <name>', 'data set, e.g. cifar10 or folder:photos (see `recency-bias data list`)');
  add('--data-path <path>', "folder or archive to read (default data set: idx, four files named as MNIST's)");
  add('--image-size <size>', 'height and width of images in files: 64, or 48x64', parseImageSize);
  add('--skip-unreadable', 'leave out images that cannot be decoded');
  add('--train-size <n>', 'number of training samples (stratified random subset)', parseNumber);
  add('--test-size <n>', 'number of test samples (stratified random subset)', parseNumber);
  add(
    '--label-noise <share>',
    'give this share of the training samples a wrong label, e.g. 0.05',
    parseNumber,
  );
  add(
    '--model <name[:option=value,...]>',
    `model, e.g. resnet:depth=20 (${[...modelRegistry.keys()].join(', ')})`,
    parseNamed,
  );
  add('--backbone <model>', 'pretrained network to fine-tune: a name, path or address, or a run directory');
  add('--cut <layer>', 'layer of the backbone to cut after (default: the last before its classifier)');
  add('--freeze', 'train the new classification layer alone');
  add('--freeze-until <layer>', 'train only what comes after this layer of the backbone');
  add('--scaling <name>', `pixels as the backbone takes them: ${scalingNames.join(', ')}`, parseValue);
  add(
    '--augmentation <policy[:option=value,...]>',
    `random changes of training images, e.g. cifar:padding=2 (${policyNames.join(', ')})`,
    parseNamed,
  );
  add('--optimizer <name>', 'sgd, momentum or adam');
  add('--momentum <m>', 'momentum of the optimizer momentum', parseNumber);
  add('--nesterov', "Nesterov's look-ahead for the optimizer momentum");
  add('--learning-rate <r>', 'learning rate at the start', parseNumber);
  add('--lr-steps <steps>', 'changes of the rate: when:factor, e.g. 0.5:0.1,0.75:0.1', parseSteps);
  add('--weight-decay <w>', 'L2 weight decay of the kernels', parseNumber);
  add('--batch-size <n>', 'samples in a batch', parseNumber);
  add('--epochs <n>', 'length of a run, warm-up included', parseNumber);
  add('--patience <n>', 'end a run after so many epochs without a lower test error', parseNumber);
  add('--iterations <n>', 'length of a run in steps, rounded up to whole epochs', parseNumber);
  add('--backend <name>', 'auto (torch where it is built, else wasm), torch, wasm or cpu');
  if (selectors === 'none') return command;
  add('--warmup-epochs <n>', 'epochs of uniform batches at the beginning', parseNumber);
  add('--window <n>', 'predicted labels kept of each sample', parseNumber);
  const selectorHelp =
    selectors === 'several'
      ? 'method to compare, repeatable, e.g. recency-bias:selectionPressure=10 or random=uniform'
      : 'method to train with, e.g. recency-bias:selectionPressure=10';
  const names = Object.keys(selectorRegistry).join(', ');
  command.addOption(
    new Option('--selector <[label=]name[:option=value,...]>', `${selectorHelp} (${names})`)
      .helpGroup(group)
      .argParser(parseSelector),
  );
  if (selectors === 'several') {
    add(
      '--grid <name:option=[values],...>',
      'compare every combination of values, e.g. recency-bias:selectionPressure=[10,100],window=[5,10]',
      parseNamed,
    );
    add('--seeds <list>', 'seeds, one training run a selector for each: 1,2,3', parseNumbers);
  }
  add('--probe-size <n>', 'training samples on which the loss is measured after each epoch', parseNumber);
  return command;
}

function asMapping(value: unknown, shorthand: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ...(value as Record<string, unknown>) };
  }
  return value === undefined ? {} : { [shorthand]: value };
}

/** Sets `fields` in the mapping at `key`, which may also be written as a bare value for its field `shorthand`. */
function setWithin(
  target: Record<string, unknown>,
  key: string,
  shorthand: string,
  fields: Record<string, unknown>,
): void {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  target[key] = { ...asMapping(target[key], shorthand), ...Object.fromEntries(given) };
}

/** Whether any flag of the experiment was given. */
export function hasExperimentFlags(flags: ExperimentFlags): boolean {
  return Object.keys(applyFlags({}, flags) as object).length > 0;
}

/** A backbone makes the model `pretrained`; its other options go to the model that there is. */
function applyFineTuning(input: Record<string, unknown>, flags: ExperimentFlags): void {
  const { backbone, cut, freeze, freezeUntil, scaling } = flags;
  if (
    backbone !== undefined &&
    flags.model === undefined &&
    asMapping(input.model, 'name').name !== 'pretrained'
  ) {
    input.model = { name: 'pretrained' };
  }
  const model = asMapping(input.model, 'name');
  setWithin(model, 'options', 'backbone', { backbone, cut, freeze, freezeUntil, scaling });
  if (model.options !== undefined) input.model = model;
}

/** The content of an experiment file with flags put over it. */
export function applyFlags(base: unknown, flags: ExperimentFlags): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return base; // its schema will say so
  const input: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  setWithin(input, 'dataset', 'name', {
    name: flags.dataset,
    path: flags.dataPath,
    trainSize: flags.trainSize,
    testSize: flags.testSize,
    imageSize: flags.imageSize,
    skipUnreadable: flags.skipUnreadable,
    labelNoise: flags.labelNoise,
  });
  if (flags.model !== undefined) input.model = flags.model;
  applyFineTuning(input, flags);
  setWithin(input, 'optimizer', 'name', {
    name: flags.optimizer,
    momentum: flags.momentum,
    nesterov: flags.nesterov,
  });
  setWithin(input, 'learningRate', 'initial', { initial: flags.learningRate, steps: flags.lrSteps });
  if (flags.epochs !== undefined) delete input.iterations;
  if (flags.iterations !== undefined) delete input.epochs;
  const plain = {
    name: flags.name,
    augmentation: flags.augmentation && { name: flags.augmentation.name, ...flags.augmentation.options },
    weightDecay: flags.weightDecay,
    batchSize: flags.batchSize,
    epochs: flags.epochs,
    patience: flags.patience,
    iterations: flags.iterations,
    warmupEpochs: flags.warmupEpochs,
    window: flags.window,
    selectors: flags.selector,
    grid: flags.grid && { selector: flags.grid.name, options: flags.grid.options },
    seeds: flags.seeds,
    backend: flags.backend,
    probeSize: flags.probeSize,
  };
  for (const [key, value] of Object.entries(plain)) if (value !== undefined) input[key] = value;
  return input;
}
