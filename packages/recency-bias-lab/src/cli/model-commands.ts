/** The commands for those who have photos. */
import type { Command } from 'commander';
import { startedAs } from '../ground/command.js';
import type { ExportFlags } from './export.js';
import type { FinetuneFlags } from './finetune.js';
import { parseNumber } from './flag-numbers.js';
import { withExperiment } from './late-help.js';
import type { PredictFlags } from './predict.js';
import type { ReviewFlags } from './review.js';
import { addRunFlags, cacheFlag } from './run-flags.js';
import { withShortHelp } from './short-help.js';

/** Flags of `finetune` that matter to most. */
const FINETUNE_FLAGS = [
  ...['--backbone', '--image-size', '--recipe', '--epochs'],
  ...['--labels', '--out', '--resume', '--dry-run'],
];

/** Adds `finetune`, `backbones`, `predict`, `review` and `export`. */
export function addModelCommands(program: Command): void {
  withExperiment(
    withShortHelp(
      addRunFlags(
        program
          .command('finetune')
          .description('make a classifier of your photos out of a pretrained network')
          .argument('[data]', 'folder of photos, one folder a class; or a data set'),
      )
        .option('--seed <n>', 'seed of all randomness (default: 1)', parseNumber)
        .option('--like <dir>', 'settings and photos of a run that was, e.g. to train again with --labels')
        .option('--recipe <name>', 'settings where no flag says otherwise: quick or paper (default: quick)'),
      FINETUNE_FLAGS,
    ),
    'one',
    { presets: false },
  )
    .addHelpText(
      'after',
      `
Without other flags: the new layer alone on features computed once, 5 epochs at the best of three rates; then the whole network, 7 epochs
at a learning rate of 0.002 that falls, fewer where nothing is gained; batches of 32, mirrored photos, selection pressure 10.
With --freeze: the new layer alone, 10 epochs.
With --recipe paper: batches of 32, learning rate 2e-4, momentum 0.9, no augmentation, selection pressure 100, 50 epochs.

Examples:
  ${startedAs()} finetune photos
  ${startedAs()} finetune photos --freeze --backbone mobilenet_v1_1.0_224
  ${startedAs()} finetune photos --backbone mobilenet/model.json --image-size 96 --epochs 20
  ${startedAs()} finetune photos --backbone runs/train-recency-bias --freeze`,
    )
    .action(async (data: string | undefined, flags: FinetuneFlags) =>
      (await import('./finetune.js')).finetune(data, flags),
    );

  program
    .command('backbones')
    .description('list the pretrained networks that can be fetched, and those in the cache')
    .option(...cacheFlag)
    .action(async (flags: { cache?: string }) => (await import('./backbones.js')).listBackbones(flags));

  program
    .command('predict')
    .description('classify photos with a model that finetune or export saved')
    .argument('<model>', 'folder of the model, or a run directory')
    .argument('<images...>', 'photos, and folders of photos')
    .option('--top <n>', 'classes to show of each photo (default: 3)', parseNumber)
    .option('--json', 'print JSON')
    .option('--csv', 'print CSV')
    .option('--unsure', 'print only photos that the model is less than 80 % sure of, the least sure first')
    .option('--backend <name>', 'auto (torch where it is built, else wasm), torch, wasm or cpu')
    .option(...cacheFlag)
    .action(async (model: string, images: string[], flags: PredictFlags) =>
      (await import('./predict.js')).predict(model, images, flags),
    );

  program
    .command('export')
    .description("save a run's model as a TensorFlow.js LayersModel, or its record for TensorBoard")
    .argument('<run>', "run directory; with --tensorboard also a comparison's")
    .requiredOption('--out <dir>', 'folder for the model, or the log folder')
    .option('--tensorboard', 'write event files of TensorBoard, not the model')
    .option('--epoch <which>', 'best (lowest test error) or last (default: best)')
    .option(...cacheFlag)
    .action(async (run: string, flags: ExportFlags & { tensorboard?: boolean }) => {
      if (flags.tensorboard === true) {
        await (await import('./export-tensorboard.js')).exportTensorBoard(run, flags.out);
      } else await (await import('./export.js')).exportModel(run, flags);
    });

  program
    .command('review')
    .description('look at photos with a label that is likely wrong, on a local page, and correct them')
    .argument('<dir>', "a run's directory, or a comparison's")
    .option('--run <id>', 'run of the comparison (default: recency-bias with the first seed)')
    .option('--labels <file>', 'file of labels to write (default: labels.json beside the run)')
    .option(
      '--port <n>',
      'port of the page (default: 4871; where it is taken, the next free one)',
      parseNumber,
    )
    .option('--data-path <path>', 'where the photos lie now, if they were moved')
    .option(...cacheFlag)
    .addHelpText(
      'after',
      `
Examples:
  ${startedAs()} review runs/finetune
  ${startedAs()} finetune --like runs/finetune --labels runs/finetune/labels.json \\
    --out runs/finetune-2`,
    )
    .action(async (dir: string, flags: ReviewFlags) => (await import('./review.js')).review(dir, flags));
}
