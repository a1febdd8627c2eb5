/** Reading tensors back from the device, as the backend in use does it best. */
import * as tf from '@tensorflow/tfjs';

/** Backends whose read-back is asynchronous: waiting for it would leave the GPU without work. */
const ASYNCHRONOUS_BACKENDS: ReadonlySet<string> = new Set(['webgl', 'webgpu']);

/** True if a value that is asked for now is there later only. */
export function readsLate(): boolean {
  return ASYNCHRONOUS_BACKENDS.has(tf.getBackend());
}

/**
 * The values of a tensor of numbers. They come without a promise where the backend has them at once: on wasm the promise of
 * `tensor.data()` costs more than forty times the read itself.
 */
export function valuesOf(tensor: tf.Tensor): tf.TypedArray | Promise<tf.TypedArray> {
  return readsLate() ? tensor.data() : tensor.dataSync();
}
