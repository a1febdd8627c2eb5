/** A saved model that classifies image files, prepared as its training images were. */
import * as tf from '@tensorflow/tfjs';
import type { Prediction } from 'recency-bias/classifier';
import { ImagePreparation } from '../augment/image-preparation.js';
import { resolveAugmentation } from '../augment/policies.js';
import { DataError } from '../data/idx.js';
import { decodeImage } from '../data/image-decoder.js';
import { startedAs } from '../ground/command.js';
import type { OpenContext } from '../models/model.js';
import { openBackbone } from './backbone-source.js';
import { ModelError } from '../models/model-error.js';
import { savedModelSchema } from './saved-model.js';
import type { SavedModelMetadata } from './saved-model.js';
import { scalingOf } from '../models/scaling.js';
import { buildModel } from './topology.js';

/** Encoded images at a time. */
export const CLASSIFY_BATCH = 32;

/** A model with what its metadata say about its images and classes. */
export class FileClassifier {
  readonly #model: tf.LayersModel;
  readonly #preparation: ImagePreparation;

  private constructor(
    model: tf.LayersModel,
    /** The metadata that the model was saved with. */
    readonly metadata: SavedModelMetadata,
  ) {
    this.#model = model;
    const { height, width, channels } = metadata.imageSize;
    const scaling = scalingOf(metadata.scaling, channels);
    const settings = resolveAugmentation({
      name: 'none',
      standardise: scaling === 'image' ? 'image' : 'channel',
    });
    const moments = typeof scaling === 'object' ? scaling : { mean: [], std: [] };
    this.#preparation = new ImagePreparation([height, width, channels], settings, moments, null);
  }

  /**
   * Opens a model that this program saved, on the backend in use.
   * @param model a folder, a model.json, an address or a run directory
   * @throws ModelError when it cannot be read, or does not say what its classes are.
   */
  static async open(model: string, context: OpenContext): Promise<FileClassifier> {
    const files = await openBackbone(model, context);
    const metadata = savedModelSchema.safeParse(files.metadata);
    if (!metadata.success && files.metadata?.recencyBias === 1) {
      const [issue] = metadata.error.issues;
      throw new ModelError(
        `${model}: its metadata are damaged (${issue!.path.join('.')}: ${issue!.message})`,
      );
    }
    if (!metadata.success) {
      throw new ModelError(
        `${model}: does not say what its classes and images are; expected a model saved by \`${startedAs()} finetune\` or \`${startedAs()} export\``,
      );
    }
    const built = await buildModel(files);
    const { labels } = metadata.data;
    const [, outputs, ...rest] = built.outputs[0]!.shape;
    if (outputs !== labels.length || rest.length > 0 || built.outputs.length > 1) {
      built.dispose();
      throw new ModelError(
        `${model}: has ${String(outputs)} outputs, but its metadata name ${labels.length} classes (${labels.slice(0, 3).join(', ')}${labels.length > 3 ? ', ...' : ''}); save it anew with \`${startedAs()} export\``,
      );
    }
    return new FileClassifier(built, metadata.data);
  }

  /**
   * Decodes an encoded image as the training images were.
   * @throws DataError naming `source` when it cannot be decoded.
   */
  async decode(encoded: Uint8Array, source: string): Promise<Uint8Array> {
    const { imageSize, fit } = this.metadata;
    return decodeImage(encoded, source, { ...imageSize, fit });
  }

  /**
   * Probabilities of images that `decode` gave, in the order of `metadata.labels`, one row an image.
   * @throws ModelError when they are no numbers.
   */
  async probabilities(images: readonly Uint8Array[]): Promise<Float32Array> {
    const { height, width, channels } = this.metadata.imageSize;
    const values = new Float32Array(images.length * height * width * channels);
    const rows = Int32Array.from(images.keys());
    this.#preparation.prepare(new Uint8Array(Buffer.concat(images)), rows, values);
    const output = tf.tidy(() => {
      const outputs = this.#model.predict(tf.tensor4d(values, [images.length, height, width, channels]));
      if (Array.isArray(outputs)) throw new DataError('The model has several outputs');
      return outputs;
    });
    const result = await output.data<'float32'>();
    output.dispose();
    if (!result.every(Number.isFinite)) {
      throw new ModelError(
        'The model gives probabilities that are no numbers (NaN): its weights are damaged, or its training diverged; train it anew at a lower learning rate',
      );
    }
    return result;
  }

  /** The most probable classes of one image, the most probable first. */
  top(probabilities: Float32Array, count: number): Prediction[] {
    return this.metadata.labels
      .map((label, i) => ({ label, probability: probabilities[i]! }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count);
  }

  dispose(): void {
    this.#model.dispose();
  }
}
