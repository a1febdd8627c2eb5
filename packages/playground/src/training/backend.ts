import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import 'tfjs-wasm-training';
import type { BackendName } from './messages.js';

/** Starts a backend; WebAssembly where the browser has no WebGPU. @returns the name of the backend that runs */
export async function startBackend(wanted: BackendName): Promise<string> {
  if (wanted === 'webgpu' && 'gpu' in navigator) {
    await import('@tensorflow/tfjs-backend-webgpu');
    if (await tf.setBackend('webgpu').catch(() => false)) return tf.getBackend();
  }
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasm,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  if (!(await tf.setBackend('wasm')))
    throw new Error('This browser runs no WebAssembly, which training needs.');
  return tf.getBackend();
}
