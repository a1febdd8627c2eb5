import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import 'tfjs-wasm-training';
import type { BackendName } from './messages.js';

/** Whether the browser has WebGPU, and a graphics adapter for it. */
async function hasAdapter(): Promise<boolean> {
  const { gpu } = navigator as unknown as { readonly gpu?: { requestAdapter(): Promise<unknown> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== undefined && adapter !== null;
}

/** Starts a backend; WebAssembly where the browser has no WebGPU. @returns the name of the backend that runs */
export async function startBackend(wanted: BackendName): Promise<BackendName> {
  if (wanted === 'webgpu' && (await hasAdapter())) {
    await import('@tensorflow/tfjs-backend-webgpu');
    if (await tf.setBackend('webgpu').catch(() => false)) return 'webgpu';
  }
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasm,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  // Where a site isolates its pages, TensorFlow.js would take threads, whose workers are made of source text that minifying breaks.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm')))
    throw new Error('This browser runs no WebAssembly, which training needs.');
  return 'wasm';
}
