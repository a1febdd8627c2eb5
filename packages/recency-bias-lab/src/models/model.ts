/** What an experiment can train. */
import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';

/** What a model is made for. */
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

/** A model by name. */
export interface ModelEntry {
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** The options it takes, with their defaults; an object schema. */
  readonly options: z.ZodObject;
  /** Builds it, uncompiled; `options` as `options.parse` gave them. */
  readonly create: (input: ModelInput, options: unknown) => tf.LayersModel;
}
