/** `recency-bias finetune`: a pretrained network becomes a classifier of the user's own photos. */
import { join } from 'node:path';
import pc from 'picocolors';
import { cacheDirectory } from '../data/cache.js';
import { datasetOfWord } from '../data/registry.js';
import { quoted, startedAs } from '../ground/command.js';
import { startBackend } from '../ground/backend.js';
import { readComparisonExperiment } from '../experiment/document/experiment-file.js';
import type { WrittenExperiment } from '../experiment/prepare/prepare.js';
import { modelContext, readRunModel, runDirectory } from '../experiment/prepare/trained-model.js';
import { DEFAULT_BACKBONE } from '../pretrained/known-backbones.js';
import { saveModel } from '../pretrained/save-model.js';
import { savedModelSchema } from '../pretrained/saved-model.js';
import { readRun } from '../records/read.js';
import type { Run } from '../records/run.js';
import { writeReport } from '../report/index.js';
import { writeTryPage } from '../try-page/index.js';
import { DEFAULT_SELECTORS, SUBJECT } from '../ground/methods.js';
import { CommandError } from './errors.js';
import { applyFlags } from './experiment-flags.js';
import { finalTest } from './final-test.js';
import { formatDuration, formatPercent, plural } from './format.js';
import { experimentLike } from './like-run.js';
import { describePhotoPlan } from './photo-plan.js';
import { photoProgress } from './photo-progress.js';
import { makePhotoReport } from './photo-report.js';
import { readPreset } from './presets.js';
import { runExperiment } from './run-experiment.js';
import type { RunFlags } from './run-flags.js';

/** Flags of `finetune`. */
export type FinetuneFlags = RunFlags & { seed?: number; recipe?: string; like?: string };

/** Settings by name, for what no flag and no preset says. */
const RECIPES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  /** The new layer alone on features that are computed once, which takes seconds; then the whole network while it pays. */
  quick: {
    model: 'pretrained',
    batchSize: 32,
    learningRate: {
      initial: 0.002,
      steps: [
        [0.6, 0.3],
        [0.85, 0.3],
      ],
    },
    augmentation: { name: 'none', flip: true },
    probe: { epochs: 5, learningRates: [0.003, 0.001, 0.0003] },
    epochs: 12,
    patience: 3,
  },
  /** Those of the paper's fine-tuning. */
  paper: { model: 'pretrained', batchSize: 32, learningRate: 2e-4, epochs: 50 },
};

/**
 * Selection pressure of Recency Bias in the recipe `quick`, of the values that the paper tries. Of the seeds that chose it, all had
 * less accuracy with the paper's 100; of others there was no difference. See docs/finetuning.md.
 */
const QUICK_PRESSURE = 10;

/** Epochs of a run that trains the new layer alone. */
const FROZEN_EPOCHS = 10;

/** The paper's window of predicted labels; runs of 50 epochs and more have it. */
const LONGEST_WINDOW = 10;
/** With fewer predictions a window can hardly tell an uncertain sample from a certain one. */
const SHORTEST_WINDOW = 3;

/** Warm-up and window for a number of epochs: a fifth of them each, so that windows are full when selection begins. */
export function fineTuningLengths(epochs: number): { warmupEpochs: number; window: number } {
  const fifth = Math.min(Math.round(epochs / 5), LONGEST_WINDOW);
  return {
    warmupEpochs: Math.min(Math.max(fifth, 1), Math.max(epochs - 1, 0)),
    window: Math.max(fifth, SHORTEST_WINDOW),
  };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A probe of at most half of the run. With `--freeze` it is the whole run, as there is nothing to train after it, and it takes
 * the rate and the patience that are asked for; with random changes that features cannot follow, there is none.
 */
function withProbe(input: unknown, flags: FinetuneFlags): unknown {
  if (!isMapping(input) || !isMapping(input.probe) || typeof input.epochs !== 'number') return input;
  const { probe, ...rest } = input;
  const name = isMapping(input.model) ? input.model.name : input.model;
  if (name !== 'pretrained') return rest; // its layers know nothing yet
  const { epochs: probed = 0 } = probe as { epochs?: number };
  if (flags.freeze !== true) {
    const epochs = Math.min(probed, Math.floor(input.epochs / 2));
    return epochs === 0 ? rest : { ...rest, probe: { ...probe, epochs } };
  }
  const { epochs = FROZEN_EPOCHS, learningRate, augmentation, patience } = flags;
  const frozen = { ...rest, epochs };
  if (augmentation !== undefined) return frozen;
  const learningRates = learningRate === undefined ? probe.learningRates : [learningRate];
  return { ...frozen, patience, probe: { ...probe, epochs, learningRates } };
}

/** The selector with the pressure of the recipe `quick`, where it is Recency Bias and has none of its own; says so. */
function withQuickPressure(selector: typeof DEFAULT_SELECTORS): {
  selector: typeof DEFAULT_SELECTORS;
  notes: string[];
} {
  const [label, { name, options }] = Object.entries(selector)[0]!;
  if (name !== SUBJECT.name || 'selectionPressure' in options) return { selector, notes: [] };
  return {
    selector: { [label]: { name, options: { ...options, selectionPressure: QUICK_PRESSURE } } },
    notes: [
      `selection pressure of ${QUICK_PRESSURE} chosen (--selector ${name}:selectionPressure=100 takes the paper's)`,
    ],
  };
}

/** Whether settings name a backbone, or a model that has none. */
function hasModel(input: unknown): boolean {
  if (!isMapping(input)) return false;
  const { model } = input;
  if (!isMapping(model)) return model !== undefined && model !== 'pretrained';
  return model.name !== 'pretrained' || (isMapping(model.options) && model.options.backbone !== undefined);
}

/** Fills in warm-up and window where neither file nor flags give them; says what was chosen. */
function withLengths(input: unknown): { input: unknown; notes: string[] } {
  if (!isMapping(input) || typeof input.epochs !== 'number') return { input, notes: [] };
  const { warmupEpochs, window } = fineTuningLengths(input.epochs);
  const notes: string[] = [];
  const filled = { ...input };
  if (filled.warmupEpochs === undefined) {
    filled.warmupEpochs = warmupEpochs;
    notes.push(
      `warm-up of ${plural(warmupEpochs, 'epoch')} chosen for ${plural(input.epochs, 'epoch')} (--warmup-epochs sets another)`,
    );
  }
  if (filled.window === undefined) {
    filled.window = window;
    notes.push(
      `window of ${plural(window, 'prediction')} chosen for ${plural(input.epochs, 'epoch')} (--window sets another)`,
    );
  }
  return { input: filled, notes };
}

/** The experiment of a new run, and what was chosen where nothing was given. */
export async function newInput(
  data: string,
  flags: FinetuneFlags,
): Promise<{ input: unknown; notes: string[] }> {
  const { seed = 1, preset, ...rest } = flags;
  const asked = flags.selector ?? DEFAULT_SELECTORS;
  if (Object.keys(asked).length > 1) {
    throw new CommandError('finetune takes one --selector; use compare --backbone for several');
  }
  const { recipe = 'quick' } = flags;
  const settings = RECIPES[recipe];
  if (settings === undefined) {
    throw new CommandError(`--recipe: is ${recipe}; expected ${Object.keys(RECIPES).join(' or ')}`);
  }
  if (flags.recipe !== undefined && preset !== undefined) {
    throw new CommandError('Give either --recipe or --preset, not both');
  }
  const base: unknown = preset === undefined ? settings : await readPreset(preset);
  const isQuick = preset === undefined && recipe === 'quick';
  const { selector, notes: pressed } = isQuick ? withQuickPressure(asked) : { selector: asked, notes: [] };
  const isGiven = rest.backbone !== undefined || rest.model !== undefined || hasModel(base);
  const input = applyFlags(base, {
    ...rest,
    ...(!isGiven && { backbone: DEFAULT_BACKBONE }),
    selector,
    dataset: datasetOfWord(data),
    name: flags.name ?? 'finetune',
    seeds: [seed],
  });
  const { input: filled, notes } = withLengths(withProbe(input, flags));
  return { input: filled, notes: [...pressed, ...notes] };
}

/** The experiment of a new run with the settings of a run that was. */
async function inputLike(data: string | undefined, { like, ...flags }: FinetuneFlags): Promise<unknown> {
  for (const name of ['recipe', 'preset', 'resume'] as const) {
    if (flags[name] !== undefined) throw new CommandError(`Give either --like or --${name}, not both`);
  }
  const base = await experimentLike(like!);
  const dataset = data === undefined ? undefined : datasetOfWord(data);
  if (dataset !== undefined) delete base.dataset.path;
  const { seed, ...rest } = flags;
  return applyFlags(base, {
    ...rest,
    ...(dataset !== undefined && { dataset }),
    ...(seed !== undefined && { seeds: [seed] }),
  });
}

/** The experiment of a new run, or that of a directory to go on with. */
async function readGiven(
  data: string | undefined,
  flags: FinetuneFlags,
): Promise<{ input: WrittenExperiment; notes: string[] }> {
  const { resume = false, out } = flags;
  if (flags.like !== undefined) {
    return { input: { input: await inputLike(data, flags), source: undefined, fitsBatch: true }, notes: [] };
  }
  if (data !== undefined) {
    const { input, notes } = await newInput(data, flags);
    return { input: { input, source: undefined, fitsBatch: true }, notes };
  }
  if (!resume || out === undefined) {
    throw new CommandError(
      `Nothing to learn from: give a folder of photos, one folder a class, e.g. \`${startedAs()} finetune photos --backbone <model>\``,
    );
  }
  const input = await readComparisonExperiment(out);
  if (input === undefined) {
    throw new CommandError(`${out}: there is nothing to resume (it has no experiment.json)`);
  }
  return { input: { input, source: out, begun: out }, notes: [] };
}

/** How good the model is, and on what grounds. */
function summary(
  { header, epochs }: Run,
  best: { readonly epoch: number; readonly accuracy: number },
): string {
  const { testSize, classes } = header.dataset;
  const last = epochs.at(-1)!;
  return [
    `${pc.bold(`${formatPercent(best.accuracy)} right`)} of ${plural(testSize, 'held-out photo')} of ${classes} classes, after epoch ${best.epoch} of ${last.epoch} (${formatPercent(1 - last.testError)} at the end; ${formatDuration(last.trainSeconds)} of training)`,
    pc.dim(
      'The saved weights are those of the best epoch. The held-out photos chose it, so expect a little less on new ones.',
    ),
  ].join('\n');
}

/**
 * Fine-tunes a network and saves it.
 * @param data a folder of photos, one folder a class, or the name of a data set; not needed to resume with `--out`
 */
export async function finetune(data: string | undefined, flags: FinetuneFlags): Promise<void> {
  const { input, notes } = await readGiven(data, flags);
  // How batches are chosen is of interest to few who have photos.
  const { verbose = false } = flags;
  const wording = verbose ? { notes } : { plan: describePhotoPlan, display: photoProgress };
  const dir = await runExperiment(input, flags, wording);
  if (dir === undefined) return;

  await startBackend('cpu');
  const run = await runDirectory(dir);
  const folder = join(dir, 'model');
  const files = await readRunModel(run, 'best', modelContext({ cache: cacheDirectory(flags.cache) }));
  await saveModel(files, folder);
  const tryPage = await writeTryPage(files, folder);
  const { reportPath } = await writeReport([dir]);
  const { epoch, accuracy } = savedModelSchema.parse(files.metadata);
  const record = await readRun(run);
  const photoReport = await makePhotoReport(dir, run, record.header, folder, cacheDirectory(flags.cache));
  const tested = await finalTest(record.header, folder, cacheDirectory(flags.cache));
  process.stdout.write(
    [
      summary(record, { epoch, accuracy }),
      ...(tested === undefined
        ? []
        : [
            `${pc.bold(`${formatPercent(tested.right / tested.photos)} right`)} of ${plural(tested.photos, 'test photo')}, which chose nothing`,
          ]),
      '',
      `Model:  ${pc.bold(folder)} (\`${startedAs()} predict ${quoted(folder)} <photos...>\`, or tf.loadLayersModel in a browser)`,
      `Try it: ${pc.bold(tryPage)} (open it in a browser: photos, pasted pictures, the webcam)`,
      `Report: ${pc.bold(photoReport)} (how the batches were chosen: ${reportPath})`,
      '',
    ].join('\n'),
  );
}
