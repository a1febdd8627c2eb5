/** A model that an experiment can train. */
import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { FetchOptions } from '../data/verified-folder.js';
import type { ModelFiles } from './model-files.js';
import type { ScalingRule } from './scaling.js';

/** The task that a model is made for. */
export interface ModelInput {
  /** [height, width, channels] of an image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Number of classes; the model ends in one logit for each. */
  readonly classes: number;
  /** Adds `weightDecay * w` to the gradient of every convolution and dense kernel w; 0 for none. */
  readonly weightDecay: number;
  /** Seed of the initial parameters, an integer in [0, 2^32). */
  readonly seed: number;
}

interface NamedModel {
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** The options it takes, with their defaults; an object schema. */
  readonly options: z.ZodObject;
}

/** A network that is built from nothing. */
export interface NetworkEntry extends NamedModel {
  /** Builds it, uncompiled; `options` as `options.parse` gave them. */
  readonly create: (input: ModelInput, options: unknown) => tf.LayersModel;
}

/** The means to open a model that lies in files. */
export interface OpenContext extends Pick<FetchOptions, 'cache' | 'onProgress'> {
  /** The model of a run directory of the lab's; undefined where the folder is none. */
  readonly readRun: (dir: string) => Promise<ModelFiles | undefined>;
}

/** A model whose files have been read, so that it is known what it takes and what becomes of it. */
export interface OpenedModel {
  /** Its options with everything filled in that was left to be found. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Images that it takes when nothing else is asked for; height and width are null where any will do. */
  readonly imageShape?: readonly [height: number | null, width: number | null, channels: number];
  /** How its images are scaled; absent: as the augmentation says. */
  readonly scaling?: ScalingRule;
  /** The fingerprint of its weights before training; absent where they are drawn by a seed. */
  readonly checksum?: string;
  /** Findings and assumptions, a line each. */
  readonly notes: readonly string[];
  /** Builds it, uncompiled. */
  readonly create: (input: ModelInput) => Promise<tf.LayersModel>;
}

/** A model that lies in files. */
export interface FileModelEntry extends NamedModel {
  /** Reads the files; `options` as `options.parse` gave them. */
  readonly open: (options: unknown, context: OpenContext) => Promise<OpenedModel>;
}

/** A model by name. */
export type ModelEntry = NetworkEntry | FileModelEntry;
