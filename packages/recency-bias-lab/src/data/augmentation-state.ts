/** The saved state of random changes of images: the position of their random stream. */
import type { Random, StateDict } from 'recency-bias';

/** The state of changes that are drawn from a stream. */
export function augmentationState(random: Random): StateDict {
  return { version: 1, random: random.stateDict() };
}

/**
 * Puts the stream where it stood.
 * @throws RangeError or TypeError when the state is none of random changes
 */
export function loadAugmentationState(random: Random, state: StateDict): void {
  const { version, random: saved } = state;
  if (version !== 1 || typeof saved !== 'object' || saved === null || !('version' in saved)) {
    throw new RangeError(
      'The training state holds no state of the augmentation; it is of data that was not augmented',
    );
  }
  random.loadStateDict(saved);
}
