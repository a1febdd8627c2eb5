/** Dropout whose masks a resumed run draws again. */
import type * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { flatLayers } from '../../models/flat-layers.js';
import type { BackendName } from '../../ground/backend.js';

/** TensorFlow.js's dropout layer reads this field of its own in every call. */
interface SeededLayer extends tf.layers.Layer {
  seed: number | null | undefined;
}

function isDropout(layer: tf.layers.Layer): layer is SeededLayer {
  return layer.getClassName() === 'Dropout';
}

/**
 * Seeds the dropout layers of a model anew before each training step, from the run's seed and the step alone: there is no
 * state to save. A layer with one seed for all steps would draw the same mask in each.
 */
export class DropoutSeeds {
  private readonly layers: readonly SeededLayer[];
  private readonly random: Random;

  /**
   * @param setNativeSeed seeds the backend's own generator, from which its dropout draws in layers without a seed; absent
   *   where TensorFlow.js draws
   */
  private constructor(
    model: tf.LayersModel,
    seed: number,
    private readonly setNativeSeed?: (seed: number) => void,
  ) {
    this.layers = flatLayers(model).filter(isDropout);
    this.random = new Random(seed).split('dropout');
  }

  /** @param seed the run's seed */
  static async create(model: tf.LayersModel, seed: number, backend: BackendName): Promise<DropoutSeeds> {
    if (backend !== 'torch') return new DropoutSeeds(model, seed);
    const { setSeed } = await import('tfjs-backend-torch');
    return new DropoutSeeds(model, seed, setSeed);
  }

  /** Sets the seeds of a step; both numbers are 0-based. */
  seedStep(epoch: number, step: number): void {
    if (this.layers.length === 0) return;
    const random = this.random.split(`epoch ${epoch}, step ${step}`);
    if (this.setNativeSeed !== undefined) this.setNativeSeed(random.uint32());
    else for (const layer of this.layers) layer.seed = random.uint32();
  }
}
