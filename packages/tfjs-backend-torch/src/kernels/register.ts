import { getKernel, getKernelsForBackend } from '@tensorflow/tfjs-core';
import { registerFusedKernels } from './fused.js';
import { registerBinaryKernels } from './binary.js';
import { registerConvolutionKernels } from './convolution.js';
import { registerConvolution3dKernels } from './convolution3d.js';
import { registerCreationKernels } from './creation.js';
import { define, TORCH } from './define.js';
import { registerGatherKernels } from './gather.js';
import { registerMatmulKernels } from './matmul.js';
import { registerNormalizationKernels } from './normalization.js';
import { registerPoolingKernels } from './pooling.js';
import { registerReduceKernels } from './reduce.js';
import { registerResizeKernels } from './resize.js';
import { registerShapeKernels } from './shape.js';
import { registerUnaryKernels } from './unary.js';

/** Registers every kernel: a native kernel, or TensorFlow.js's JavaScript kernel where there is none. */
export function registerKernels(): void {
  registerUnaryKernels();
  registerBinaryKernels();
  registerReduceKernels();
  registerMatmulKernels();
  registerConvolutionKernels();
  registerConvolution3dKernels();
  registerPoolingKernels();
  registerNormalizationKernels();
  registerShapeKernels();
  registerGatherKernels();
  registerResizeKernels();
  registerCreationKernels();
  registerFusedKernels();
  registerFallbacks();
}

/** The kernels that run in JavaScript on copies, by name. */
export const fallbackKernels = new Set<string>();

function registerFallbacks(): void {
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    // The declared type leaves out that an unknown kernel gives undefined.
    if ((getKernel(kernelName, TORCH) as unknown) !== undefined) continue;
    fallbackKernels.add(kernelName);
    define(kernelName, () => undefined, 'any');
  }
}
