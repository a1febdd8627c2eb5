/** An experiment from flags: each overrides a field of the experiment file. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { selectorRegistry } from 'recency-bias';
import { policyNames } from '../augment/policies.js';
import { readCorrections } from '../data/label-corrections.js';
import { modelRegistry } from '../experiment/document/model-registry.js';
import { optimizerNames } from '../experiment/document/schema.js';
import { startedAs } from '../ground/command.js';
import { scalingNames } from '../models/scaling.js';
import { parseImageSize, parseLabelNoise, parseNumber } from './flag-numbers.js';
import { parseName, parseNamed, parseNumbers, parseSelector, parseSteps, parseValue } from './flag-values.js';
import type { NamedOptions } from './flag-values.js';
import { withAbsoluteInputs } from './input-paths.js';

/** A flag of the experiment. */
interface Flag<Value> {
  /** As commander has it, e.g. `--epochs <n>`. */
  readonly flags: string;
  readonly help: string;
  /** Its value from its text; the text itself, or true for a flag without a value, where it is left out. */
  readonly parse?: (text: string, previous?: never) => Value;
  /** The field of the experiment that it overrides: a name, or names from the outside inward. */
  readonly path: readonly string[];
  /** The value of the field, from that of the flag. Default: the same. */
  readonly field?: (value: never) => unknown;
  /** Commands that take it: all; those that train with a method; those that compare methods. Default: all. */
  readonly takenBy?: 'method' | 'methods';
}

const text = (flags: string, help: string, ...path: string[]): Flag<string> => ({ flags, help, path });
const yes = (flags: string, help: string, ...path: string[]): Flag<boolean> => ({ flags, help, path });
const number = (flags: string, help: string, ...path: string[]): Flag<number> => ({
  flags,
  help,
  path,
  parse: parseNumber,
});

/** The flags by the name that commander gives them, in the order of the help. */
const FLAGS = {
  name: text('--name <name>', 'name of the experiment and of its output folder', 'name'),
  dataset: {
    flags: '--dataset <name>',
    help: `data set, e.g. cifar10, folder:photos or ./my-data.js (see \`${startedAs()} data list\`)`,
    path: ['dataset', 'name'],
    parse: parseName,
  },
  dataPath: text(
    '--data-path <path>',
    "folder or archive to read (default data set: idx, four files named as MNIST's)",
    'dataset',
    'path',
  ),
  imageSize: {
    flags: '--image-size <size>',
    help: 'height and width of images in files: 64, or 48x64',
    path: ['dataset', 'imageSize'],
    parse: parseImageSize,
  },
  skipUnreadable: yes(
    '--skip-unreadable',
    'leave out images that cannot be decoded',
    'dataset',
    'skipUnreadable',
  ),
  labels: {
    flags: '--labels <file>',
    help: `labels of single photos that are other than their folders say, as \`${startedAs()} review\` writes them`,
    path: ['dataset', 'corrections'],
    parse: readCorrections,
  },
  trainSize: number(
    '--train-size <n>',
    'number of training samples (stratified random subset)',
    'dataset',
    'trainSize',
  ),
  testSize: number(
    '--test-size <n>',
    'number of test samples (stratified random subset)',
    'dataset',
    'testSize',
  ),
  classes: number('--classes <n>', 'keep the first classes alone, so many', 'dataset', 'classes'),
  imbalance: number(
    '--imbalance <ratio>',
    'training data with a long tail: largest class by smallest, e.g. 100',
    'dataset',
    'imbalance',
  ),
  copies: number(
    '--copies <n>',
    'each training image so often, shifted by up to 2 pixels',
    'dataset',
    'copies',
  ),
  labelNoise: {
    flags: '--label-noise <share[:confusable]>',
    help: 'give this share of the training samples a wrong label, e.g. 0.05; confusable: the class most like its own',
    path: ['dataset', 'labelNoise'],
    parse: parseLabelNoise,
  },
  model: {
    flags: '--model <name[:option=value,...]>',
    help: `model, e.g. resnet:depth=20 or ./my-model.js (${[...modelRegistry.keys()].join(', ')})`,
    path: ['model'],
    parse: parseNamed,
  },
  backbone: text(
    '--backbone <model>',
    'pretrained network to fine-tune: a name, path or address, or a run directory',
    ...['model', 'options', 'backbone'],
  ),
  cut: text(
    '--cut <layer>',
    'layer of the backbone to cut after (default: the last before its classifier)',
    'model',
    'options',
    'cut',
  ),
  freeze: yes('--freeze', 'train the new classification layer alone', 'model', 'options', 'freeze'),
  freezeUntil: text(
    '--freeze-until <layer>',
    'train only what comes after this layer of the backbone',
    'model',
    'options',
    'freezeUntil',
  ),
  scaling: {
    flags: '--scaling <name>',
    help: `pixels as the backbone takes them: ${scalingNames.join(', ')}`,
    path: ['model', 'options', 'scaling'],
    parse: parseValue,
  },
  augmentation: {
    flags: '--augmentation <policy[:option=value,...]>',
    help: `random changes of training images, e.g. cifar:padding=2 (${policyNames.join(', ')})`,
    path: ['augmentation'],
    parse: parseNamed,
    field: ({ name, options }: NamedOptions) => ({ name, ...options }),
  },
  optimizer: text('--optimizer <name>', optimizerNames.join(', '), 'optimizer', 'name'),
  momentum: number('--momentum <m>', 'momentum of the optimizer momentum', 'optimizer', 'momentum'),
  nesterov: yes('--nesterov', "Nesterov's look-ahead for the optimizer momentum", 'optimizer', 'nesterov'),
  learningRate: number('--learning-rate <r>', 'learning rate at the start', 'learningRate', 'initial'),
  lrSteps: {
    flags: '--lr-steps <steps>',
    help: 'changes of the rate: when:factor, e.g. 0.5:0.1,0.75:0.1',
    path: ['learningRate', 'steps'],
    parse: parseSteps,
  },
  weightDecay: number('--weight-decay <w>', 'L2 weight decay of the kernels', 'weightDecay'),
  batchSize: number('--batch-size <n>', 'samples in a batch', 'batchSize'),
  epochs: number('--epochs <n>', 'length of a run, warm-up included', 'epochs'),
  patience: number('--patience <n>', 'end a run after so many epochs without a lower test error', 'patience'),
  iterations: number(
    '--iterations <n>',
    'length of a run in steps, rounded up to whole epochs',
    'iterations',
  ),
  backend: text(
    '--backend <name>',
    'auto (torch where it is built, else wasm), torch, wasm or cpu',
    'backend',
  ),
  warmupEpochs: {
    ...number('--warmup-epochs <n>', 'epochs of uniform batches at the beginning', 'warmupEpochs'),
    takenBy: 'method',
  },
  window: { ...number('--window <n>', 'predicted labels kept of each sample', 'window'), takenBy: 'method' },
  selector: {
    flags: '--selector <[label=]name[:option=value,...]>',
    help: 'method to train with, e.g. recency-bias:selectionPressure=10 or ./my-selector.js',
    path: ['selectors'],
    parse: parseSelector,
    takenBy: 'method',
  },
  grid: {
    flags: '--grid <name:option=[values],...>',
    help: 'compare every combination of values, e.g. recency-bias:selectionPressure=[1,10],window=[5,10]',
    path: ['grid'],
    parse: parseNamed,
    field: ({ name, options }: NamedOptions) => ({ selector: name, options }),
    takenBy: 'methods',
  },
  seeds: {
    flags: '--seeds <list>',
    help: 'seeds, one training run a selector for each: 1,2,3',
    path: ['seeds'],
    parse: parseNumbers,
    takenBy: 'methods',
  },
  probeSize: {
    ...number(
      '--probe-size <n>',
      'training samples on which the loss is measured after each epoch',
      'probeSize',
    ),
    takenBy: 'method',
  },
} as const satisfies Record<string, Flag<unknown>>;

type ValueOf<F> = F extends Flag<infer Value> ? Value : never;

/** Flag values as commander hands them over; all of them are optional. */
export type ExperimentFlags = { -readonly [Name in keyof typeof FLAGS]?: ValueOf<(typeof FLAGS)[Name]> };

/** Fields that may be written as a bare value for one of their own fields. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  dataset: 'name',
  model: 'name',
  optimizer: 'name',
  learningRate: 'initial',
  options: 'backbone',
};

/** Adds the flags to a command. */
export function addExperimentFlags(command: Command, selectors: 'none' | 'one' | 'several'): Command {
  const kinds: readonly Flag<unknown>['takenBy'][] = [undefined, 'method', 'methods'];
  const taken = kinds.slice(0, { none: 1, one: 2, several: 3 }[selectors]);
  const names = Object.keys(selectorRegistry).join(', ');
  for (const [name, flag] of Object.entries<Flag<unknown>>(FLAGS)) {
    if (!taken.includes(flag.takenBy)) continue;
    const several =
      'method to compare, repeatable, e.g. recency-bias:selectionPressure=10, random=uniform or ./my-selector.js';
    const help =
      name === 'selector' ? `${selectors === 'several' ? several : flag.help} (${names})` : flag.help;
    const option = new Option(flag.flags, help).helpGroup('Experiment (each overrides the file):');
    if (flag.parse !== undefined)
      option.argParser(flag.parse as (text: string, previous: unknown) => unknown);
    command.addOption(option);
  }
  return command.hook('preAction', async () => {
    const { selector } = command.opts<ExperimentFlags>();
    if (selector !== undefined) command.setOptionValue('selector', await withAbsoluteInputs(selector));
  });
}

/** Whether any flag of the experiment was given. */
export function hasExperimentFlags(flags: ExperimentFlags): boolean {
  return Object.keys(applyFlags({}, flags) as object).length > 0;
}

function asMapping(value: unknown, shorthand: string | undefined): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ...(value as Record<string, unknown>) };
  }
  return value === undefined || shorthand === undefined ? {} : { [shorthand]: value };
}

/** A copy of the mapping in which the field at the path is set. */
function withField(
  target: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...target, [key]: value };
  return { ...target, [key]: withField(asMapping(target[key], SHORTHANDS[key]), rest, value) };
}

/** The content of an experiment file with flags put over it. */
export function applyFlags(base: unknown, flags: ExperimentFlags): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return base; // its schema will say so
  let input: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  // A backbone makes the model `pretrained`, unless another is asked for.
  if (
    flags.backbone !== undefined &&
    flags.model === undefined &&
    asMapping(input.model, 'name').name !== 'pretrained'
  ) {
    input.model = { name: 'pretrained' };
  }
  if (flags.epochs !== undefined) delete input.iterations;
  if (flags.iterations !== undefined) delete input.epochs;
  for (const [name, flag] of Object.entries<Flag<unknown>>(FLAGS)) {
    const value = flags[name as keyof ExperimentFlags];
    if (value === undefined) continue;
    input = withField(input, flag.path, flag.field === undefined ? value : flag.field(value as never));
  }
  return input;
}
