/** The file of irreducible losses that `recency-bias holdout-losses` writes and `rho-loss` reads. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decodeState, encodeState } from 'recency-bias';
import type { StateDict } from 'recency-bias';
import { fingerprint } from './fingerprint.js';
import type { ImageDataset } from './image-dataset.js';
import { quoted, startedAs } from '../ground/command.js';
import { ExperimentError } from '../ground/experiment-error.js';

/** Version of the file. */
const VERSION = 1;

/** The cost of making the losses, in the terms in which a run's cost is recorded. */
export interface HoldoutCost extends Record<string, number> {
  readonly trainedSamples: number;
  /** Each epoch scores every sample, to find the epoch whose losses are kept. */
  readonly scoredSamples: number;
  readonly trainSeconds: number;
  readonly processorSeconds: number;
}

/** The loss of each training sample under a model that was not trained on it. */
export interface HoldoutLosses {
  /** Registry name of the data set. */
  readonly dataset: string;
  /** Of the training samples, see `fingerprint`. */
  readonly fingerprint: string;
  /** How the losses were made, for people. */
  readonly description: string;
  readonly cost: HoldoutCost;
  /** Crossentropy, one a training sample in the order of the data. */
  readonly losses: Float32Array;
}

/** The file's bytes: a state as `encodeState` makes it, some 4 bytes a sample, checked for damage when read. */
export function encodeLosses({ cost, ...fields }: HoldoutLosses): Uint8Array {
  return encodeState({
    version: VERSION,
    kind: 'irreducible-losses',
    ...fields,
    cost: { version: VERSION, ...cost },
  });
}

/** Losses as read, with a name for the file's content. */
export interface ReadLosses extends HoldoutLosses {
  /** The first 16 hexadecimal digits of the SHA-256 of the file. */
  readonly checksum: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file of irreducible losses.
 * @throws ExperimentError with one line: the file does not exist, is damaged or is something else.
 */
export async function readLosses(path: string): Promise<ReadLosses> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
    throw new ExperimentError([
      `${path}: ${reason}; make it with \`${startedAs()} holdout-losses --out ${quoted(path)}\``,
    ]);
  }
  let state: StateDict;
  try {
    state = decodeState(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExperimentError([`${path}: is damaged or no file of holdout-losses (${reason})`]);
  }
  const checksum = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { ...fieldsOf(state, path), checksum, bytes };
}

function fieldsOf(state: StateDict, path: string): HoldoutLosses {
  const { dataset, fingerprint: print, description, losses, cost } = state;
  if (state.kind === 'irreducible-losses' && state.version > VERSION) {
    throw new ExperimentError([`${path}: was written by a newer version; update recency-bias-lab`]);
  }
  if (
    state.kind !== 'irreducible-losses' ||
    typeof dataset !== 'string' ||
    typeof print !== 'string' ||
    typeof description !== 'string' ||
    !(losses instanceof Float32Array)
  ) {
    throw new ExperimentError([`${path}: is no file of holdout-losses`]);
  }
  return { dataset, fingerprint: print, description, losses, cost: costOf(cost) };
}

function costOf(cost: unknown): HoldoutCost {
  const fields: Record<string, unknown> = { ...(typeof cost === 'object' ? cost : null) };
  const number = (key: string): number => (typeof fields[key] === 'number' ? fields[key] : 0);
  return {
    trainedSamples: number('trainedSamples'),
    scoredSamples: number('scoredSamples'),
    trainSeconds: number('trainSeconds'),
    processorSeconds: number('processorSeconds'),
  };
}

/** Why losses do not belong to the training samples of a data set; undefined when they do. */
export async function mismatch(
  { dataset: name, fingerprint: print, losses }: HoldoutLosses,
  dataset: ImageDataset,
): Promise<string | undefined> {
  const { size } = dataset.train;
  if (losses.length !== size) {
    return `has ${losses.length} losses of ${name}, but the experiment has ${size} training samples`;
  }
  if (print !== (await fingerprint(dataset.train))) {
    return `was made for other samples (${losses.length} of ${name}) than the experiment's (${size} of ${dataset.name})`;
  }
  return undefined;
}
