/** How pixels become what a network was trained on. */
import { z } from 'zod';
import type { PixelMoments } from '../data/image-batches.js';

/**
 * (pixel / 255 - mean) / std by channel, with numbers that belong to the network; `data`: with the moments of the training data;
 * `image`: each image with its own moments.
 */
export type ScalingRule = PixelMoments | 'data' | 'image';

const moments = (mean: number, std: number): PixelMoments => ({ mean: [mean], std: [std] });

/** Scalings by name; a single number stands for every channel. */
const NAMED = {
  /** [0, 1] */
  unit: moments(0, 1),
  /** [-1, 1], of MobileNet, Inception and Xception. */
  symmetric: moments(0.5, 0.5),
  /** [0, 255], of networks that begin with a layer of their own for it. */
  bytes: moments(0, 1 / 255),
  /** Mean and standard deviation of ImageNet's channels, as torchvision and Keras's `mode='torch'` have them. */
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const satisfies Readonly<Record<string, PixelMoments>>;

/** Name of a scaling. */
export type ScalingName = keyof typeof NAMED | 'data' | 'image';

/** All names. */
export const scalingNames = [...(Object.keys(NAMED) as (keyof typeof NAMED)[]), 'data', 'image'] as const;

const perChannel = z.array(z.number()).min(1).max(4).readonly();

/** The option `scaling`: a name, or numbers by channel for pixels in [0, 1]. */
export const scalingSchema = z.union(
  [
    z.enum(scalingNames),
    z.strictObject({ mean: perChannel, std: z.array(z.number().positive()).min(1).max(4).readonly() }),
  ],
  `expected ${scalingNames.join(', ')}, or { mean: [...], std: [...] } for pixels in [0, 1]`,
);

/** A scaling as written. */
export type ScalingOption = z.infer<typeof scalingSchema>;

/** The meaning of each name, for people. */
const MEANINGS: Readonly<Record<ScalingName, string>> = {
  unit: 'to [0, 1]',
  symmetric: 'to [-1, 1]',
  bytes: 'not at all, [0, 255]',
  imagenet: "by the mean and deviation of ImageNet's channels",
  data: 'by the mean and deviation of the training data',
  image: 'each image by its own mean and deviation',
};

/** In words: `symmetric, to [-1, 1]`. */
export function describeScaling(option: ScalingOption): string {
  if (typeof option === 'string') return `${option}, ${MEANINGS[option]}`;
  const round = (values: readonly number[]): string =>
    values.map((value) => Number(value.toFixed(4))).join(', ');
  return `by mean ${round(option.mean)} and deviation ${round(option.std)}`;
}

/** Any value of the option in the words of plans and reports: `scaled symmetric, to [-1, 1]`. */
export function scalingWords(value: unknown): string {
  const { success, data } = scalingSchema.safeParse(value);
  return `scaled ${success ? describeScaling(data) : JSON.stringify(value)}`;
}

/**
 * The numbers behind an option.
 * @throws RangeError when they are for another number of channels.
 */
export function scalingOf(option: ScalingOption, channels: number): ScalingRule {
  if (option === 'data' || option === 'image') return option;
  const { mean, std } = typeof option === 'string' ? NAMED[option] : option;
  const spread = (values: readonly number[]): readonly number[] =>
    values.length === 1 ? Array.from({ length: channels }, () => values[0]!) : values;
  const result = { mean: spread(mean), std: spread(std) };
  if (result.mean.length !== channels || result.std.length !== channels) {
    throw new RangeError(
      `model.options.scaling: ${describeScaling(option)} is for ${Math.max(mean.length, std.length)} channels, but the images have ${channels}`,
    );
  }
  return result;
}
