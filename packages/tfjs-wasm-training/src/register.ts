// The backend registers its kernels when it is loaded; they must be there before any is replaced.
import '@tensorflow/tfjs-backend-wasm';
import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { WASM, type Kernel, type KernelCall, type WasmBackend } from './backend.js';
import { conv2dBackpropFilterByConvolution } from './kernels/conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.js';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.js';

/** A kernel that may hand a case that it does not cover to the one it replaces. */
type Replacement = (call: KernelCall, otherwise: Kernel) => ReturnType<Kernel>;

const replacements: Readonly<Record<string, Replacement>> = {
  Conv2DBackpropFilter: conv2dBackpropFilterByConvolution,
  Conv2DBackpropInput: conv2dBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
};

const ours = new WeakSet<KernelConfig>();

/**
 * Gives TensorFlow.js's wasm backend the kernels that training needs. Importing the package has done this
 * already; calling it again changes nothing. May be called before or after `tf.setBackend('wasm')`.
 */
export function registerWasmTraining(): void {
  for (const [name, replacement] of Object.entries(replacements)) replace(name, replacement);
}

function replace(kernelName: string, replacement: Replacement): void {
  // The declared type leaves out that an unknown kernel gives undefined.
  const stock = getKernel(kernelName, WASM) as KernelConfig | undefined;
  if (stock !== undefined && ours.has(stock)) return;
  const otherwise = (call: KernelCall): ReturnType<Kernel> => {
    if (stock === undefined) throw new Error(`The wasm backend has no kernel '${kernelName}' for this case.`);
    return stock.kernelFunc(call) as ReturnType<Kernel>;
  };
  const config: KernelConfig = {
    // The setup of the replaced kernel binds its compiled function; it must still run when the backend starts.
    ...stock,
    kernelName,
    backendName: WASM,
    kernelFunc: ({ inputs, attrs, backend }) =>
      replacement({ inputs, attrs: attrs ?? {}, backend: backend as WasmBackend }, otherwise),
  };
  // Registering over a kernel prints a warning, so the old one goes first.
  if (stock !== undefined) unregisterKernel(kernelName, WASM);
  registerKernel(config);
  ours.add(config);
}
