/** An experiment's augmentation: a named policy, any part of which can be set otherwise. */
import { z } from 'zod';

/** Every number of an augmentation. Random changes are drawn anew for each image of each training batch, and made in this order. */
export interface AugmentationSettings {
  /** Mirrors left to right, with probability 1/2. */
  readonly flip: boolean;
  /** Pads with so many black pixels on each side and crops at random back to the image's size; 0 for none. */
  readonly padding: number;
  /** Turns the hue by a share of the colour circle in [-hue, hue]; 0 for none. RGB images only, as the saturation. */
  readonly hue: number;
  /** Adds a number in [-brightness, brightness] to pixels in [0, 1]; 0 for none. */
  readonly brightness: number;
  /** Multiplies the saturation by a number in this range; [1, 1] for none. */
  readonly saturation: readonly [lower: number, upper: number];
  /** Multiplies the contrast by a number in this range; [1, 1] for none. */
  readonly contrast: readonly [lower: number, upper: number];
  /**
   * How images are standardised, in training and evaluation alike: `channel`, each channel by its mean and standard
   * deviation over the training data; `image`, each image by its own mean and standard deviation.
   */
  readonly standardise: 'channel' | 'image';
}

const NONE: AugmentationSettings = {
  flip: false,
  padding: 0,
  hue: 0,
  brightness: 0,
  saturation: [1, 1],
  contrast: [1, 1],
  standardise: 'channel',
};

/** Policies by name. */
const POLICIES = {
  none: NONE,
  /** The usual recipe for CIFAR: section 4.2 of He et al. 2015 (arXiv 1512.03385) with standardisation by channel. */
  cifar: { ...NONE, flip: true, padding: 4 },
  /**
   * The recipe of the authors' script for CIFAR-10 (github.com/kaist-dmlab/RecencyBias). It draws one contrast for a whole batch, we one for
   * each image; and it gives the brightness as 63, which is meant for pixels in [0, 255].
   */
  authors: {
    ...NONE,
    flip: true,
    hue: 0.08,
    brightness: 63 / 255,
    saturation: [0.5, 1.5],
    contrast: [0.2, 1.8],
    standardise: 'image',
  },
} as const satisfies Readonly<Record<string, AugmentationSettings>>;

export type PolicyName = keyof typeof POLICIES;

/** Names of the policies. */
export const policyNames = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

const factors = z
  .tuple([z.number().min(0).max(10), z.number().min(0).max(10)])
  .refine(([lower, upper]) => lower <= upper, { error: 'expected the lower limit first' });

/** The field `augmentation` of an experiment; see `AugmentationSettings`. What is not given is as in the policy `name`. */
export const augmentationSchema = z.strictObject({
  name: z.enum(policyNames).default('none'),
  flip: z.boolean().optional(),
  padding: z.int().min(0).max(128).optional(),
  hue: z.number().min(0).max(0.5).optional(),
  brightness: z.number().min(0).max(1).optional(),
  saturation: factors.optional(),
  contrast: factors.optional(),
  standardise: z.enum(['channel', 'image']).optional(),
});

/** An augmentation with every number filled in, and the name of the policy that it comes from. */
export type ResolvedAugmentation = { readonly name: PolicyName } & {
  -readonly [K in keyof AugmentationSettings]: AugmentationSettings[K];
};

/** Fills in what the policy says. */
export function resolveAugmentation({
  name,
  ...given
}: z.infer<typeof augmentationSchema>): ResolvedAugmentation {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { name, ...POLICIES[name], ...(Object.fromEntries(set) as Partial<AugmentationSettings>) };
}

/** Whether it changes anything. */
function isRange([lower, upper]: readonly [lower: number, upper: number]): boolean {
  return lower !== 1 || upper !== 1;
}

/** Whether anything is random, rather than standardisation alone. */
export function isRandom(settings: AugmentationSettings): boolean {
  return settings.flip || settings.padding > 0 || changesColour(settings);
}

/** Whether images stay as they are but for being mirrored. */
export function onlyFlips(settings: AugmentationSettings): boolean {
  return settings.padding === 0 && !changesColour(settings);
}

/** Whether pixels are changed before they are standardised. */
export function changesColour({ hue, brightness, saturation, contrast }: AugmentationSettings): boolean {
  return hue > 0 || brightness > 0 || isRange(saturation) || isRange(contrast);
}

/**
 * In words: `flip, crop with 4 pixels of padding; standardised by channel`.
 * @param scaling how images are standardised where that is the network's to say
 */
export function describeAugmentation(
  settings: AugmentationSettings,
  scaling = `standardised by ${settings.standardise}`,
): string {
  const { flip, padding, hue, brightness, saturation, contrast } = settings;
  const changes = [
    flip && 'flip',
    padding > 0 && `crop with ${padding} pixel${padding === 1 ? '' : 's'} of padding`,
    hue > 0 && `hue +-${Number(hue.toFixed(3))}`,
    brightness > 0 && `brightness +-${Number(brightness.toFixed(3))}`,
    isRange(saturation) && `saturation ${saturation.join('-')}`,
    isRange(contrast) && `contrast ${contrast.join('-')}`,
  ].filter((change) => change !== false);
  return `${changes.length === 0 ? 'none' : changes.join(', ')}; ${scaling}`;
}
