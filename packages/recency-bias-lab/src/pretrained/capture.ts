/** From a trained classifier to the files of one that predicts. */
import * as tf from '@tensorflow/tfjs';
import { applyLayer } from '../models/layer-builder.js';
import { modelFiles } from '../models/model-files.js';
import type { Json, ModelFiles } from '../models/model-files.js';

function joined(data: tf.io.WeightData): ArrayBuffer {
  if (!Array.isArray(data)) return data;
  return Uint8Array.from(Buffer.concat(data.map((part) => new Uint8Array(part)))).buffer;
}

/** The same network with softmax probabilities for outputs, sharing its layers. */
function withSoftmax(logits: tf.LayersModel): tf.LayersModel {
  const softmax = tf.layers.activation({ name: 'probabilities', activation: 'softmax' });
  const outputs = applyLayer(softmax, logits.outputs);
  return tf.model({ inputs: logits.inputs, outputs, name: logits.name });
}

/**
 * The files of a model that gives probabilities.
 * @param logits a model that ends in logits; stays as it is
 * @param title how to name it in messages
 */
export async function captureModelFiles(
  logits: tf.LayersModel,
  title: string,
  metadata: Json,
): Promise<ModelFiles> {
  let files: ModelFiles | undefined;
  await withSoftmax(logits).save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      files = modelFiles({
        title,
        topology: JSON.parse(JSON.stringify(modelTopology)) as Json,
        weightSpecs: weightSpecs ?? [],
        weightData: joined(weightData ?? new ArrayBuffer(0)),
        metadata,
      });
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return files!;
}
