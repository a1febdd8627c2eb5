/** Options of methods that stand in files, as the irreducible losses of `rho-loss` do. */
import { basename, join, resolve } from 'node:path';
import { createSelector } from 'recency-bias';
import type { SelectorFactory } from 'recency-bias';
import { z } from 'zod';
import type { ImageDataset } from '../../data/image-dataset.js';
import { mismatch, readLosses } from '../../data/losses-file.js';
import type { ReadLosses } from '../../data/losses-file.js';
import { startedAs } from '../../ground/command.js';
import { replaceFile } from '../../ground/replace-file.js';
import { ExperimentError } from '../../ground/experiment-error.js';
import { loadedSelector } from '../../plugins/loaded-plugins.js';
import { inputOption, selectorNamed } from './named-selectors.js';
import type { Experiment } from './schema.js';

/** A batch-selection method: its registry name and all of its options. */
export interface MethodChoice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** SHA-256 of the source of a module. */
  readonly source?: string;
}

/** How an experiment names the file; the comparison's own experiment.json also says what it held and what it cost. */
const referenceSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { file: value } : value),
  z.strictObject({
    /** Path; relative to the folder of the experiment file that names it, or to the working directory in a flag. */
    file: z.string().min(1),
    checksum: z.string().optional(),
    cost: z.record(z.string(), z.number()).optional(),
  }),
);

/** The input that was read for each selector, by its label. */
export type MethodInputs = ReadonlyMap<string, ReadLosses>;

/** The file in a comparison's directory that holds the input of a selector. */
function inputFile(label: string): string {
  return `${label}.losses`;
}

function namesFile(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'file' in value);
}

/**
 * Reads the files that the selectors of an experiment name.
 * @param folder what relative paths are relative to: the comparison's directory, where it is gone on with
 * @throws ExperimentError with one line a mistake: a file that is missing, damaged or made for other data
 */
export async function readMethodInputs(
  { selectors }: Pick<Experiment, 'selectors'>,
  dataset: ImageDataset,
  folder = '.',
): Promise<MethodInputs> {
  const inputs = new Map<string, ReadLosses>();
  const problems: string[] = [];
  for (const [label, { name, options }] of Object.entries(selectors)) {
    const option = inputOption(name);
    if (option === undefined || !namesFile(options[option])) continue;
    const path = `selectors.${label}.options.${option}`;
    const reference = referenceSchema.safeParse(options[option]);
    if (!reference.success) {
      problems.push(`${path}: expected { file: <path> } and nothing else`);
      continue;
    }
    const { file, checksum } = reference.data;
    try {
      const losses = await readLosses(resolve(folder, file));
      const reason = await mismatch(losses, dataset);
      if (reason !== undefined)
        problems.push(`${path}: ${basename(file)} ${reason}; make it for this experiment`);
      else if (checksum !== undefined && checksum !== losses.checksum) {
        problems.push(
          `${path}: ${basename(file)} is not what it was when the comparison began; begin a new one`,
        );
      } else inputs.set(label, losses);
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      for (const item of error.problems.map((problem) => `${path}: ${problem}`)) problems.push(item);
    }
  }
  if (problems.length > 0) throw new ExperimentError(problems);
  return inputs;
}

/** Options as they are recorded: a file by its name in the comparison's directory, its checksum and its cost. */
export function recordedOptions(
  label: string,
  { name, options }: MethodChoice,
  input: ReadLosses | undefined,
): MethodChoice['options'] {
  const option = inputOption(name);
  if (input === undefined || option === undefined) return options;
  const { checksum, cost } = input;
  return { ...options, [option]: { file: inputFile(label), checksum, cost: { ...cost } } };
}

/** Puts the inputs into a comparison's directory, which then needs nothing from elsewhere. */
export async function writeMethodInputs(dir: string, inputs: MethodInputs): Promise<void> {
  for (const [label, { bytes }] of inputs) await replaceFile(join(dir, inputFile(label)), bytes);
}

/** The factory of a method, with what was read for it. */
export function createMethod({ name, options }: MethodChoice, input?: ReadLosses): SelectorFactory {
  const option = inputOption(name);
  const read = input === undefined || option === undefined ? {} : { [option]: input.losses };
  const given = { ...options, ...read };
  return loadedSelector(name)?.part.create(given) ?? createSelector(name, given);
}

/** The missing options of a method that have no default: one line an option, with advice. */
export function missingOptions({ name, options }: MethodChoice, path: string): string[] {
  return (selectorNamed(name)?.inputs ?? [])
    .filter((option) => options[option] === undefined || options[option] === null)
    .map(
      (option) =>
        `${path}.options.${option}: is missing; make a file with \`${startedAs()} holdout-losses\` for the same experiment ` +
        `and give ${option}: { file: <path> }, or --selector ${name}:${option}=<path>`,
    );
}
