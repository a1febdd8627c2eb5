/** Training data that is augmented. */
import type { Random, StateDict } from 'recency-bias';
import { augmentationState, loadAugmentationState } from '../data/augmentation-state.js';
import { ImageBatches } from '../data/image-batches.js';
import type { PixelMoments } from '../data/image-batches.js';
import type { ImageDataset, ImageSplit } from '../data/image-dataset.js';
import { ImagePreparation } from './image-preparation.js';
import type { AugmentationSettings } from './policies.js';

/**
 * A split whose images change each time that they are read, drawn from a random stream of its own. The stream's position is
 * saved with the training, so that a run that was interrupted goes on to the same result.
 */
export class AugmentedBatches extends ImageBatches {
  readonly #random: Random;

  /** @param random used by these batches alone */
  constructor(
    split: ImageSplit,
    dataset: ImageDataset,
    moments: PixelMoments,
    settings: AugmentationSettings,
    random: Random,
  ) {
    super(split, dataset, new ImagePreparation(dataset.imageShape, settings, moments, random));
    this.#random = random;
  }

  stateDict(): StateDict {
    return augmentationState(this.#random);
  }

  /** @throws RangeError or TypeError when it is no state of augmented batches */
  loadStateDict(state: StateDict): void {
    loadAugmentationState(this.#random, state);
  }
}
