/** How a network begins: for small images as in the papers' CIFAR experiments, for photos as in those on ImageNet. */
import { z } from 'zod';
import type { ModelInput } from './model.js';

/** Images whose shorter side is at least this begin with the stem for photos. */
const PHOTO_SIDE = 128;

/**
 * `cifar`: one 3 x 3 convolution at full size. `imagenet`: a 7 x 7 convolution and a 3 x 3 max pooling, each of stride 2. `auto`: `imagenet`
 * for images whose shorter side has 128 pixels or more.
 */
export const stemSchema = z.enum(['auto', 'cifar', 'imagenet']).default('auto');

export type Stem = z.infer<typeof stemSchema>;

/** Whether the network is to begin with the stem for photos. */
export function isPhotoStem(stem: Stem, { imageShape: [height, width] }: ModelInput): boolean {
  return stem === 'imagenet' || (stem === 'auto' && Math.min(height, width) >= PHOTO_SIDE);
}

/**
 * @param halvings how often the network halves the image
 * @throws RangeError when the images are too small for it
 */
export function checkImageSize(
  model: string,
  { imageShape: [height, width] }: ModelInput,
  halvings: number,
): void {
  const least = 2 ** halvings;
  if (Math.min(height, width) >= least) return;
  throw new RangeError(
    `model: ${model} halves images ${halvings} times, so they must be at least ${least} x ${least}, but these are ${height} x ${width}; choose another model`,
  );
}
