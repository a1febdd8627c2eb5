/** The model that the page holds within itself. */
import * as tf from '@tensorflow/tfjs';
import { loadClassifier } from 'recency-bias/classifier';
import type { Classifier } from 'recency-bias/classifier';
import type { PageModel } from '../page-model.js';

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** Loads the model from the elements of the page. */
export async function pageClassifier(): Promise<{
  readonly classifier: Classifier;
  /** The shape that photos are cut to; null where they are not cut. */
  readonly crop: { readonly height: number; readonly width: number } | null;
}> {
  const { topology, weightSpecs, metadata } = JSON.parse(
    document.getElementById('model')!.textContent,
  ) as PageModel;
  await tf.ready();
  const classifier = await loadClassifier(
    tf.io.fromMemory({
      modelTopology: topology,
      weightSpecs: [...weightSpecs],
      weightData: bytesOf(document.getElementById('weights')!.textContent.trim()),
      userDefinedMetadata: metadata,
    }),
  );
  return { classifier, crop: metadata.fit === 'crop' ? metadata.imageSize : null };
}
