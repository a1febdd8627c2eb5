import { randomInt } from 'node:crypto';
// The JavaScript kernels do what libtorch does not; they register when they are loaded.
import '@tensorflow/tfjs-backend-cpu';
import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import { TorchBackend } from './tensor/backend.js';
import { releaseEarly } from './patches/backpropagation.js';
import { fuseBatchNormalization } from './patches/batch-normalization.js';
import { trainDilatedConvolutions } from './patches/dilated-convolution.js';
import { fuseDropout } from './patches/dropout.js';
import { registerFusedGradients } from './patches/gradients.js';
import { fuseOptimizers } from './patches/optimizers.js';
import { TORCH } from './kernels/define.js';
import { registerKernels } from './kernels/register.js';
import { addon, type Libtorch } from './native/addon.js';
import { setSeed } from './settings.js';

/** Whether the backend can be used, and why not. */
export type TorchStatus =
  | { readonly available: true; readonly libtorch: Libtorch }
  | { readonly available: false; readonly reason: string };

/** Above TensorFlow.js's own backends for Node (tensorflow 3, wasm 2, cpu 1). */
const PRIORITY = 4;
/** Below all: TensorFlow.js never takes it by itself, and says why it does not work when it is asked for. */
const UNAVAILABLE_PRIORITY = -1;

/** Whether libtorch is there and the addon fits it. Loads them at the first call. */
export function torchStatus(): TorchStatus {
  try {
    return { available: true, libtorch: addon().describe() };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Registers the backend `torch` and its kernels; importing the package has done so. TensorFlow.js prefers it to its own
 * backends from then on. Where libtorch is missing nothing changes, and `tf.setBackend('torch')` says what to install.
 */
export function registerTorchBackend(): TorchStatus {
  const status = torchStatus();
  // The declared type leaves out that an unknown backend gives null.
  if ((findBackendFactory(TORCH) as unknown) != null) return status;
  if (status.available) {
    registerKernels();
    registerFusedGradients();
    fuseBatchNormalization();
    fuseOptimizers();
    fuseDropout();
    trainDilatedConvolutions();
    setSeed(randomInt(2 ** 47));
    releaseEarly();
    registerBackend(TORCH, () => new TorchBackend(), PRIORITY);
  } else {
    registerBackend(
      TORCH,
      () => {
        const error = new Error(status.reason);
        error.stack = status.reason; // TensorFlow.js prints the stack; one line says it all
        throw error;
      },
      UNAVAILABLE_PRIORITY,
    );
  }
  return status;
}
