/** The command line. */
import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import { addClusterCommands } from './cluster-commands.js';
import type { DescribeFlags } from './data.js';
import { parseImageSize, parseNumber } from './flag-numbers.js';
import { startedAs } from '../ground/command.js';
import { HOLDOUT_KINDS } from '../holdout/kinds.js';
import type { HoldoutFlags } from './holdout-losses.js';
import type { InsightsFlags } from './insights.js';
import type { ReportFlags } from './report.js';
import { addModelCommands } from './model-commands.js';
import { addRunFlags, cacheFlag, portFlag } from './run-flags.js';
import type { RunFlags } from './run-flags.js';
import { complete, withExperiment } from './late-help.js';
import { LINE_WIDTH, wrapHelp } from './line-width.js';
import { withShortHelp } from './short-help.js';
import { LABEL_SCORES } from '../samples/label-scores.js';
import type { WatchFlags } from './watch.js';

const require = createRequire(import.meta.url);

/** Flags of `compare` and `train` that matter to most. */
const COMMON_FLAGS = ['--preset', '--epochs', '--out', '--resume', '--dry-run'];

/** Builds the program; `parseAsync` of the result runs a command. */
export function createProgram(): Command {
  const { version } = require('recency-bias-lab/package.json') as { version: string };
  const program = new Command('recency-bias')
    .description(
      'Train networks on batches chosen by what the network is uncertain about, and compare ways of choosing.',
    )
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('Run with --help to see what is possible.')
    .configureHelp({ sortSubcommands: false })
    .configureOutput({
      getOutHelpWidth: () => Math.min(process.stdout.columns || LINE_WIDTH, LINE_WIDTH),
      writeOut: (text) => process.stdout.write(wrapHelp(text, startedAs())),
    })
    .helpCommand(false)
    .hook('preSubcommand', (_, command) => complete(command));

  withExperiment(
    withShortHelp(
      addRunFlags(
        program
          .command('compare')
          .description('compare batch-selection methods under equal conditions, and write a report')
          .argument('[file]', 'experiment file (YAML or JSON)'),
      ),
      [...COMMON_FLAGS, '--selector', '--seeds', '--dataset'],
    ),
    'several',
    { presets: true },
  )
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} compare --preset quick
  ${startedAs()} compare experiment.yaml --seeds 1,2,3
  ${startedAs()} compare --epochs 20 --warmup-epochs 3 --train-size 10000 \\
    --selector random=uniform --selector strong=recency-bias:selectionPressure=1000
  ${startedAs()} compare --resume --out runs/quick`,
    )
    .action(async (file: string | undefined, flags: RunFlags) =>
      (await import('./compare.js')).compare(file, flags),
    );

  withExperiment(
    withShortHelp(
      addRunFlags(program.command('train').description('train with one batch-selection method')).option(
        '--seed <n>',
        'seed of all randomness (default: 1)',
        parseNumber,
      ),
      [...COMMON_FLAGS, '--selector', '--seed', '--dataset'],
    ),
    'one',
    { presets: true },
  )
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} train --epochs 10 --warmup-epochs 2 --train-size 10000
  ${startedAs()} train --selector online-batch:selectionPressure=10 --epochs 10 --seed 7`,
    )
    .action(async (flags: RunFlags & { seed?: number }) => (await import('./train.js')).train(flags));

  withExperiment(
    program
      .command('holdout-losses')
      .description(
        "make the input of the selector rho-loss: each sample's loss under a model that has not seen it",
      )
      .argument('[file]', 'experiment file (YAML or JSON) whose data, model and training are meant')
      .option('--preset <name>', 'begin with an experiment that comes with the package')
      .option('--out <file>', 'file to write (default: <name>.losses)')
      .addOption(
        new Option(
          '--holdout <kind>',
          'halves: two models, each trained on one half and asked about the other; rest: one model trained on data that trainSize leaves out',
        )
          .choices(HOLDOUT_KINDS)
          .default('halves'),
      )
      .option(
        '--holdout-size <n>',
        'samples to train on with --holdout rest (default: trainSize)',
        parseNumber,
      )
      .option(
        '--predictions <folder>',
        'also write out-of-sample probabilities: pred_probs.npy and labels.npy for cleanlab, predictions.json for FiftyOne',
      )
      .option('--seed <n>', 'seed of all randomness (default: 1)', parseNumber)
      .option('--resume', 'go on with what was saved beside the output file')
      .option('--cache <dir>', 'folder for downloaded data (default: $RECENCY_BIAS_CACHE or the user cache)')
      .option(
        '--save-every <seconds>',
        'save within an epoch when so much time has passed (default: 10)',
        parseNumber,
      )
      .option('--verbose', 'show stack traces of errors'),
    'none',
    { presets: false },
  )
    .addHelpText(
      'after',
      `
Example:
  ${startedAs()} holdout-losses --preset quick --out quick.losses
  ${startedAs()} compare --preset quick \\
    --selector random=uniform --selector rho-loss:irreducibleLosses=quick.losses`,
    )
    .action(async (file: string | undefined, flags: HoldoutFlags) =>
      (await import('./holdout-losses.js')).holdoutLosses(file, flags),
    );
  addModelCommands(program);

  program
    .command('report')
    .description('make the report of a comparison again, or one report of several comparisons')
    .argument('<dirs...>', 'output directories: those of the same experiment are merged')
    .option(
      '--out <file>',
      'the page (default: report.html in the directory, combined-report.html in the first)',
    )
    .option('--figures <folder>', 'write the main charts as SVG files as well')
    .option(
      '--markdown <file>',
      'write the tables as Markdown; a file with marks keeps its text between them',
    )
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} report runs/quick
  ${startedAs()} report runs/quick --figures docs/images
  ${startedAs()} report runs/* --markdown tables.md
  ${startedAs()} report runs/seeds-1-2 other-machine/seeds-3-5
  ${startedAs()} report runs/* --out all.html`,
    )
    .action(async (dirs: string[], flags: ReportFlags) =>
      (await import('./report.js')).printReport(dirs, flags),
    );

  program
    .command('watch')
    .description('show runs on a local page while they train, wherever they were started')
    .argument('[dirs...]', 'output directories (default: the one in runs/ that was written to last)')
    .option(...portFlag)
    .option(...cacheFlag)
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} watch
  ${startedAs()} watch runs/quick
  ${startedAs()} watch runs/seeds-1-2 copied-from-the-cluster/seeds-3-5`,
    )
    .action(async (dirs: string[], flags: WatchFlags) => (await import('./watch.js')).watch(dirs, flags));

  program
    .command('insights')
    .description('show what a run says of its training samples: uncertain ones, likely wrong labels')
    .argument('<dir>', "a run's directory, or a comparison's")
    .option('--run <id>', 'run of the comparison (default: recency-bias with the first seed)')
    .option('--samples <n>', 'samples in each gallery (default: 24)', parseNumber)
    .addOption(
      new Option('--rank <score>', 'what orders the suspects (default: confidence)').choices(
        Object.keys(LABEL_SCORES),
      ),
    )
    .option('--data-path <path>', 'where the data set lies now, if it was moved')
    .option('--cache <dir>', 'folder for downloaded data (default: $RECENCY_BIAS_CACHE or the user cache)')
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} insights runs/quick
  ${startedAs()} insights runs/quick --run random-seed2
  ${startedAs()} insights runs/quick/recency-bias-seed1`,
    )
    .action(async (dir: string, flags: InsightsFlags) =>
      (await import('./insights.js')).makeInsights(dir, flags),
    );

  addClusterCommands(program);

  program
    .command('init')
    .description('begin an experiment of your own: an experiment file, a selector and a model that run')
    .argument('[dir]', 'folder for the files (default: the working directory)')
    .action(async (dir: string | undefined) => (await import('./init.js')).init(dir));

  const presets = program.command('presets').description('experiments that come with the package');
  presets
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async () => (await import('./presets.js')).listPresets());
  presets
    .command('show')
    .description('print one as an experiment file')
    .argument('<name>', 'preset, e.g. quick')
    .action(async (name: string) => (await import('./presets.js')).showPreset(name));

  const data = program.command('data').description('data sets: list them, fetch them ahead of time');
  data
    .command('list')
    .description('list the data sets')
    .option(...cacheFlag)
    .action(async (flags: { cache?: string }) => {
      (await import('./data.js')).listDatasets(flags);
    });
  data
    .command('pull')
    .description('fetch a data set into the cache')
    .argument('<name>', 'data set, e.g. mnist')
    .option(...cacheFlag)
    .action(async (name: string, flags: { cache?: string }) =>
      (await import('./data.js')).pullDataset(name, flags),
    );
  data
    .command('info')
    .description('read a data set and say what it consists of')
    .argument('<name>', 'folder of photos, one folder a class; or a data set, e.g. cifar10')
    .option('--data-path <path>', 'folder or archive to read')
    .option('--image-size <size>', 'height and width of the images: 64, or 48x64', parseImageSize)
    .option('--skip-unreadable', 'leave out images that cannot be decoded')
    .option(...cacheFlag)
    .action(async (name: string, flags: DescribeFlags) =>
      (await import('./data.js')).describeDataset(name, flags),
    );
  data
    .command('verify')
    .description('check cached data sets against their checksums, or that all photos of a folder can be read')
    .argument('[name]', 'data set, or folder of photos (default: all data sets in the cache)')
    .option(...cacheFlag)
    .action(async (name: string | undefined, flags: { cache?: string }) =>
      (await import('./data.js')).verifyDatasets(name, flags),
    );
  data
    .command('clear')
    .description('delete what the cache holds: decoded photos, features, backbones, data sets')
    .argument('[part]', 'decoded, features, backbones or datasets (default: all)')
    .option(...cacheFlag)
    .action(async (part: string | undefined, flags: { cache?: string }) =>
      (await import('./clear-cache.js')).clearCache(part, flags),
    );
  program
    .command('help')
    .description('display help for a command')
    .argument('[command]', 'command, e.g. compare')
    .action(async (name: string | undefined) => {
      const command = program.commands.find((candidate) => candidate.name() === name) ?? program;
      await complete(command);
      command.outputHelp();
    });
  return program;
}
