/** Trains on the reader's photos: features once, then a head in seconds. */
import * as tf from '@tensorflow/tfjs';
import { LabelHistory, recencyBias } from 'recency-bias';
import { suspects, windowVerdict, type SampleEvidence } from 'recency-bias-lab/browser';
import { fit } from 'recency-bias/tfjs';
import type { PhotoEpochMessage, PhotoStepMessage } from '../training/messages.js';
import { overheard } from '../training/overheard.js';
import { openBackbone, scaled, trainedNetwork, wholeNetwork, type Backbone } from './photo-network.js';

const HEAD_EPOCHS = 30;
const TINY_EPOCHS = 40;
const WINDOW = 10;
/** Photos that are brought through the backbone at a time. */
const CHUNK = 8;

interface Part {
  readonly features: Float32Array[];
  readonly labels: number[];
}

/** A photo that is to be brought through the backbone. */
export interface Photo {
  readonly label: number;
  readonly held: boolean;
  /** RGBA. */
  readonly pixels: Uint8ClampedArray;
}

/** The photos of one reader. */
export class PhotoTraining {
  readonly #classes: readonly string[];
  readonly #backbone: Backbone;
  readonly #parts: Readonly<Record<'train' | 'held', Part>> = {
    train: { features: [], labels: [] },
    held: { features: [], labels: [] },
  };
  #waiting: Photo[] = [];
  #head: tf.Sequential | null = null;

  private constructor(classes: readonly string[], backbone: Backbone) {
    this.#classes = classes;
    this.#backbone = backbone;
  }

  /** Opens the backbone. */
  static async begin(
    classes: readonly string[],
    from: readonly File[] | string | null,
  ): Promise<PhotoTraining> {
    return new PhotoTraining(classes, await openBackbone(from));
  }

  /** Side of the photos in pixels. */
  get side(): number {
    return this.#backbone.side;
  }

  /** Adds a photo; its features are computed once, here, and kept. */
  async add(photo: Photo): Promise<void> {
    this.#waiting.push(photo);
    if (this.#waiting.length === CHUNK) await this.#flush();
  }

  async #flush(): Promise<void> {
    const photos = this.#waiting;
    this.#waiting = [];
    if (photos.length === 0) return;
    const { side, features } = this.#backbone;
    const values = new Float32Array(photos.length * side * side * 3);
    photos.forEach(({ pixels }, i) => {
      for (let p = 0; p < side * side; p++) {
        for (let c = 0; c < 3; c++) values[(i * side * side + p) * 3 + c] = pixels[4 * p + c]!;
      }
    });
    const output = tf.tidy(() => {
      const images = scaled(tf.tensor4d(values, [photos.length, side, side, 3]));
      const made = features === null ? images : features.predict(images);
      if (Array.isArray(made)) throw new TypeError('the network has several outputs');
      return made;
    });
    const flat = Float32Array.from(await output.data());
    output.dispose();
    const length = flat.length / photos.length;
    photos.forEach(({ held, label }, i) => {
      const part = this.#parts[held ? 'held' : 'train'];
      part.features.push(flat.slice(i * length, (i + 1) * length));
      part.labels.push(label);
    });
  }

  /** Trains the head on batches that Recency Bias chooses. @throws RangeError when too few photos were added */
  async train(seed: number, tell: (message: PhotoStepMessage | PhotoEpochMessage) => void): Promise<void> {
    await this.#flush();
    const { train, held } = this.#parts;
    const size = train.labels.length;
    const classes = this.#classes.length;
    if (new Set(train.labels).size < 2) throw new RangeError('Give photos of at least two classes.');
    const epochs = this.#backbone.features === null ? TINY_EPOCHS : HEAD_EPOCHS;
    const [xs, heldXs] = [this.#tensor(train), held.labels.length === 0 ? null : this.#tensor(held)];
    const ys = tf.tensor1d(Float32Array.from(train.labels));
    const history = new LabelHistory(size, classes, WINDOW);
    const [belief, seen] = [new Float64Array(size), new Uint32Array(size)];
    const evidence: SampleEvidence = {
      size,
      classes,
      labels: Int32Array.from(train.labels),
      history,
      verdict: (index) => windowVerdict(history.labels(index)),
      confidence: (index) => (seen[index] === 0 ? null : belief[index]! / seen[index]!),
    };
    this.#head?.dispose();
    const head = trainedNetwork(this.#backbone, classes, seed);
    this.#head = head;
    try {
      await fit(head, xs, ys, {
        epochs,
        batchSize: Math.min(32, Math.ceil(size / 2)),
        seed,
        selector: overheard(recencyBias({ window: WINDOW, warmupEpochs: WINDOW }), (observation) => {
          const { indices, predictedLabel, trueClassProbability } = observation;
          indices.forEach((index, row) => {
            history.record(index, predictedLabel[row]!);
            belief[index]! += trueClassProbability[row]!;
            seen[index]!++;
          });
          tell({ kind: 'photo-step', indices: indices.slice(), predictedLabel: predictedLabel.slice() });
        }),
        callbacks: {
          onEpochEnd: (epoch) => {
            const accuracy = heldXs === null ? null : accuracyOn(head, heldXs, held.labels);
            tell({ kind: 'photo-epoch', epoch: epoch + 1, epochs, accuracy, suspects: suspects(evidence) });
          },
        },
      });
    } finally {
      tf.dispose([xs, ys]);
      heldXs?.dispose();
    }
  }

  /** The whole network as model.json and its weights, as `tf.loadLayersModel` reads them. */
  async save(): Promise<{ json: string; weights: ArrayBuffer }> {
    if (this.#head === null) throw new Error('Nothing has been trained yet.');
    const whole = wholeNetwork(this.#backbone, this.#head);
    const { side } = this;
    const imageSize = { height: side, width: side };
    whole.setUserDefinedMetadata({
      labels: this.#classes,
      imageSize,
      fit: 'crop',
      scaling: { mean: 0.5, std: 0.5 },
    });
    let saved: tf.io.ModelArtifacts | null = null;
    await whole.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      }),
    );
    return filesOf(saved);
  }

  #tensor({ features }: Part): tf.Tensor {
    const { side } = this.#backbone;
    const length = features[0]!.length;
    const values = new Float32Array(features.length * length);
    features.forEach((row, i) => {
      values.set(row, i * length);
    });
    const shape =
      this.#backbone.features === null ? [features.length, side, side, 3] : [features.length, length];
    return tf.tensor(values, shape);
  }
}

function accuracyOn(model: tf.Sequential, xs: tf.Tensor, labels: readonly number[]): number {
  return tf.tidy(() => {
    const output = model.predict(xs, { batchSize: 64 });
    if (Array.isArray(output)) throw new TypeError('the network has several outputs');
    const predicted = output.argMax(-1).dataSync();
    return labels.filter((label, i) => predicted[i] === label).length / labels.length;
  });
}

function filesOf(artifacts: tf.io.ModelArtifacts | null): { json: string; weights: ArrayBuffer } {
  const data = artifacts?.weightData;
  if (artifacts === null || data === undefined) throw new Error('The network could not be saved.');
  const { modelTopology, weightSpecs, userDefinedMetadata } = artifacts;
  const weights = Array.isArray(data) ? joined(data) : data;
  const json = JSON.stringify({
    format: 'layers-model',
    generatedBy: 'recency-bias playground',
    modelTopology,
    userDefinedMetadata,
    weightsManifest: [{ paths: ['model.weights.bin'], weights: weightSpecs }],
  });
  return { json, weights };
}

function joined(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return bytes.buffer;
}
