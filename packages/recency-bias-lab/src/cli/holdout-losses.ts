/** `recency-bias holdout-losses`: makes the file of irreducible losses that the selector `rho-loss` reads. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import pc from 'picocolors';
import { decodeState, encodeState } from 'recency-bias';
import { cacheDirectory } from '../data/cache.js';
import { fingerprint } from '../data/fingerprint.js';
import type { ImageDataset } from '../data/image-dataset.js';
import { quoted, startedAs } from '../ground/command.js';
import { differences } from '../experiment/document/difference.js';
import { loadExperimentData } from '../experiment/prepare/load-data.js';
import { prepareExperiment } from '../experiment/prepare/prepare.js';
import type { PreparedExperiment } from '../experiment/prepare/prepare.js';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import { encodeLosses } from '../data/losses-file.js';
import { halves, rest } from '../holdout/holdout-parts.js';
import type { HoldoutKind } from '../holdout/kinds.js';
import { writePredictions } from '../holdout/predictions.js';
import type { HoldoutPart } from '../holdout/holdout-parts.js';
import { trainLosses } from '../holdout/train-losses.js';
import type { HoldoutProgress } from '../holdout/train-losses.js';
import { BASELINE_SELECTORS, inputFlag } from '../ground/methods.js';
import { makeDirectory } from '../ground/make-directory.js';
import { replaceFile } from '../ground/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { chooseBackend } from './choose-backend.js';
import { fetchProgress } from './data.js';
import { CommandError, INTERRUPTED } from './errors.js';
import { formatCount, formatDuration, formatPercent, plural } from './format.js';
import { interruptSignal } from './interrupt.js';
import type { RunFlags } from './run-flags.js';
import { readInput } from './written-experiment.js';

/** Flags of `holdout-losses`. */
export interface HoldoutFlags extends RunFlags {
  holdout: HoldoutKind;
  holdoutSize?: number;
  seed?: number;
  predictions?: string;
}

/** Everything that decides what the losses are; an unfinished file is gone on with only if it is the same. */
interface Settings {
  readonly holdout: HoldoutKind;
  readonly holdoutSize?: number;
  readonly seed: number;
  readonly samples: string;
  readonly experiment: Pick<
    ResolvedExperiment,
    | 'dataset'
    | 'augmentation'
    | 'model'
    | 'optimizer'
    | 'learningRate'
    | 'weightDecay'
    | 'batchSize'
    | 'epochs'
    | 'backend'
  >;
}

/** Where unfinished work is saved. */
const partialFile = (out: string): string => `${out}.partial`;

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    await replaceFile(path, bytes);
  } catch (error) {
    throw writeProblem(error, path);
  }
}

/** The losses that an earlier process saved; refused unless `--resume` says that it is meant, and the settings are the same. */
async function readPartial(
  out: string,
  settings: Settings,
  resume: boolean,
): Promise<HoldoutProgress | undefined> {
  const path = partialFile(out);
  if (!existsSync(path)) {
    if (resume) throw new CommandError(`${out}: there is nothing to resume; leave out --resume`);
    return undefined;
  }
  if (!resume) {
    throw new CommandError(
      `${path}: holds unfinished work; go on with it by --resume, or delete it to begin anew`,
    );
  }
  let state;
  try {
    state = decodeState(await readFile(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${path}: is damaged (${reason}); delete it to begin anew`);
  }
  const before = typeof state.settings === 'string' ? (JSON.parse(state.settings) as unknown) : undefined;
  const [difference] = differences(before, JSON.parse(JSON.stringify(settings)));
  if (difference !== undefined) {
    throw new CommandError(
      `${path}: was begun otherwise: ${difference}; give the same settings, or delete it to begin anew`,
    );
  }
  return state.progress as HoldoutProgress;
}

function describe(
  { holdout, holdoutSize, seed, experiment }: Settings,
  parts: readonly HoldoutPart[],
): string {
  const sizes = parts.map(({ dataset }) => formatCount(dataset.train.size)).join(' and ');
  const how =
    holdout === 'halves'
      ? `two models, each on one half (${sizes})`
      : `one model on ${sizes} samples left out`;
  const { dataset, model, epochs, backend } = experiment;
  return (
    `${formatCount(dataset.trainSize)} training samples of ${dataset.name}, judged by ${how}: ` +
    `${model.name} on ${backend}, ${plural(epochs, 'epoch')}, seed ${seed}${holdoutSize === undefined ? '' : `, holdout size ${holdoutSize}`}`
  );
}

/** Makes the file of irreducible losses; `file` is an experiment file. */
export async function holdoutLosses(file: string | undefined, flags: HoldoutFlags): Promise<void> {
  const { holdout, holdoutSize, seed = 1, resume = false, saveEvery = 10 } = flags;
  if (holdoutSize !== undefined && holdout !== 'rest') {
    throw new CommandError('--holdout-size: is of --holdout rest only');
  }
  const { experiment, opened, dataset, whole } = await load(file, flags);
  checkDivision(experiment, holdout);
  const out = flags.out ?? `${experiment.name}.losses`;
  if (existsSync(out)) throw new CommandError(`${out}: exists already; choose another --out, or delete it`);

  let parts: HoldoutPart[];
  try {
    parts =
      holdout === 'halves'
        ? halves(dataset, seed)
        : rest(whole, dataset, experiment.dataset, seed, holdoutSize);
  } catch (error) {
    throw error instanceof RangeError ? new CommandError(error.message) : error;
  }
  const settings = settingsOf(experiment, await fingerprint(dataset.train), { holdout, holdoutSize, seed });
  const begun = await readPartial(out, settings, resume);
  const description = describe(settings, parts);
  process.stdout.write(`${pc.bold('holdout losses')}: ${description}\n`);

  const interrupt = interruptSignal(() => {
    process.stderr.write('Stopping: saving at the next step. Press Ctrl-C again not to wait.\n');
  });
  if (flags.predictions !== undefined && begun !== undefined && begun.probabilities === undefined) {
    throw new CommandError(
      `${partialFile(out)}: was begun without --predictions; leave it out, or delete the file to begin anew`,
    );
  }
  let done: HoldoutProgress | undefined;
  try {
    done = await trainLosses({
      experiment,
      opened,
      parts,
      size: dataset.train.size,
      seed,
      keepProbabilities: flags.predictions !== undefined,
      saveEverySeconds: saveEvery,
      stop: interrupt.signal,
      ...(begun !== undefined && { progress: begun }),
      save: (progress) =>
        write(partialFile(out), encodeState({ version: 1, settings: JSON.stringify(settings), progress })),
      onEpoch: ({ part, epoch, loss, error }) => {
        process.stderr.write(
          `model ${part + 1}/${parts.length}  epoch ${epoch}/${experiment.epochs}  loss ${loss.toFixed(4)}  error ${formatPercent(error)}\n`,
        );
      },
    });
  } finally {
    interrupt.dispose();
  }
  if (done === undefined) {
    const words = process.argv.slice(2).filter((word) => word !== '--resume');
    throw new CommandError(
      `Stopped. Go on with \`${startedAs()} ${words.map(quoted).join(' ')} --resume\``,
      INTERRUPTED,
    );
  }
  const { losses, cost, epochs } = done;
  const { trainedSamples, scoredSamples, trainSeconds, processorSeconds } = cost;
  const samples = settings.samples;
  await write(
    out,
    encodeLosses({
      dataset: dataset.name,
      fingerprint: samples,
      description,
      cost: { trainedSamples, scoredSamples, trainSeconds, processorSeconds },
      losses,
    }),
  );
  const { predictions: folder } = flags;
  if (folder !== undefined) {
    try {
      const left = await writePredictions(folder, { dataset, probabilities: done.probabilities! });
      if (left.length > 0) {
        const which = `${left.slice(0, 3).join(', ')}${left.length > 3 ? ', ...' : ''}`;
        const many = `${formatCount(left.length)} files that differ in their extension alone`;
        process.stderr.write(
          `predictions.json leaves out ${many} (${which}); FiftyOne cannot tell them apart\n`,
        );
      }
    } catch (error) {
      throw writeProblem(error, folder);
    }
  }
  await rm(partialFile(out), { force: true });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  process.stdout.write(
    `Mean loss ${mean.toFixed(4)}, of ${epochs.length === 1 ? 'epoch' : 'epochs'} ${epochs.join(' and ')}. ` +
      `Cost: ${formatCount(trainedSamples)} samples trained, ${formatCount(scoredSamples)} scored, ${formatDuration(trainSeconds)}.\n` +
      `Written: ${pc.bold(out)}; use it by ${inputFlag(out)}\n${folder === undefined ? '' : `Predictions for cleanlab and FiftyOne: ${pc.bold(folder)}\n`}`,
  );
}

/** @throws CommandError where the models could not be asked about samples that they have not seen. */
function checkDivision({ dataset }: ResolvedExperiment, holdout: HoldoutKind): void {
  if (dataset.copies !== undefined) {
    throw new CommandError(
      'dataset.copies: puts copies of the same image on both sides, so that no model has not seen them; leave it out',
    );
  }
  if (dataset.imbalance !== undefined && holdout === 'rest') {
    throw new CommandError('dataset.imbalance: leaves out samples by class; use --holdout halves');
  }
}

interface Loaded extends PreparedExperiment {
  /** The data set of which `dataset` may be a part, with the labels that it came with. */
  readonly whole: ImageDataset;
}

async function load(file: string | undefined, flags: HoldoutFlags): Promise<Loaded> {
  const { input, source } = await readInput(file, { ...flags, resume: false });
  // Whatever selectors the experiment names, they are not needed here, and may lack the file that is about to be made.
  const plain = { grid: undefined, warmupEpochs: 0, selectors: BASELINE_SELECTORS };
  const progress = fetchProgress(process.stderr);
  const fetching = {
    cache: cacheDirectory(flags.cache),
    onProgress: progress.update,
    onSkipped: progress.skipped,
    onNotice: progress.notices,
  };
  const prepared = await prepareExperiment(
    { input: typeof input === 'object' ? { ...input, ...plain } : input, source },
    { ...fetching, purpose: 'train', chooseBackend: (experiment) => chooseBackend(experiment, undefined) },
  );
  const { experiment, dataset } = prepared;
  const all = { ...experiment.dataset, trainSize: undefined, labelNoise: undefined };
  const whole =
    flags.holdout === 'rest' ? (await loadExperimentData({ dataset: all }, fetching)).dataset : dataset;
  progress.end();
  return { ...prepared, whole };
}

function settingsOf(
  experiment: ResolvedExperiment,
  samples: string,
  given: { holdout: HoldoutKind; holdoutSize: number | undefined; seed: number },
): Settings {
  const { augmentation, model, optimizer, learningRate, weightDecay, batchSize, epochs, backend } =
    experiment;
  const dataset = { ...experiment.dataset };
  delete dataset.fingerprint; // `samples` says which they are
  const { holdout, holdoutSize, seed } = given;
  return {
    holdout,
    ...(holdoutSize !== undefined && { holdoutSize }),
    seed,
    samples,
    experiment: {
      dataset,
      augmentation,
      model,
      optimizer,
      learningRate,
      weightDecay,
      batchSize,
      epochs,
      backend,
    },
  };
}
