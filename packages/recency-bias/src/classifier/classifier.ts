/** A model of one's own photos at work in a page. */
import * as tf from '@tensorflow/tfjs';
import { networkInput } from './network-input.js';
import { photoPixels } from './photo-pixels.js';
import type { Photo } from './photo-pixels.js';
import { savedClassifier } from './saved-classifier.js';
import type { SavedClassifier } from './saved-classifier.js';

/** A class and how probable it is. */
export interface Prediction {
  readonly label: string;
  /** In [0, 1]; those of all classes sum to 1. */
  readonly probability: number;
}

/** A loaded model. */
export interface Classifier {
  /** Class names, in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** Share of the held-out photos that it classified right, in [0, 1]; undefined where the model does not say. */
  readonly accuracy: number | undefined;
  /**
   * Classifies a photo of any size: it is cropped and scaled as the training photos were.
   * @returns all classes, the most probable first
   * @throws Error when the photo is not loaded yet, or the page may not read its pixels.
   */
  classify(photo: Photo): Promise<readonly Prediction[]>;
  /** Frees the model's memory; it cannot classify afterwards. */
  dispose(): void;
}

class LoadedClassifier implements Classifier {
  readonly #model: tf.LayersModel;
  readonly #saved: SavedClassifier;

  constructor(model: tf.LayersModel, saved: SavedClassifier) {
    this.#model = model;
    this.#saved = saved;
  }

  get labels(): readonly string[] {
    return this.#saved.labels;
  }

  get accuracy(): number | undefined {
    return this.#saved.accuracy;
  }

  async classify(photo: Photo): Promise<readonly Prediction[]> {
    const { height, width, channels, labels } = this.#saved;
    const input = networkInput(await photoPixels(photo), this.#saved);
    const output = tf.tidy(() => {
      const outputs = this.#model.predict(tf.tensor4d(input, [1, height, width, channels]));
      return Array.isArray(outputs) ? outputs[0]! : outputs;
    });
    const probabilities = await output.data();
    output.dispose();
    return labels
      .map((label, i) => ({ label, probability: probabilities[i]! }))
      .sort((a, b) => b.probability - a.probability);
  }

  dispose(): void {
    this.#model.dispose();
  }
}

/**
 * Loads a model that `recency-bias finetune` or `recency-bias export` saved, on TensorFlow.js's backend in use.
 * @param source address of its model.json, or an IOHandler of TensorFlow.js's
 * @throws Error when it cannot be loaded, or does not say what its classes and images are.
 * @example
 * const classifier = await loadClassifier('model/model.json');
 * const [best] = await classifier.classify(document.querySelector('img'));
 * console.log(best.label, best.probability);
 */
export async function loadClassifier(source: string | tf.io.IOHandler): Promise<Classifier> {
  const model = await tf.loadLayersModel(source);
  try {
    return new LoadedClassifier(model, savedClassifier(model.getUserDefinedMetadata()));
  } catch (error) {
    model.dispose();
    throw error;
  }
}
