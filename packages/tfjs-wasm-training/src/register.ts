// The backend registers its kernels when it is loaded; they must be there before any is replaced.
import '@tensorflow/tfjs-backend-wasm';
import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  unregisterGradient,
  unregisterKernel,
  type GradConfig,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { WASM, type Kernel, type KernelCall, type WasmBackend } from './backend.js';
import {
  BATCH_NORM_GRADIENT,
  BROADCAST_GRADIENT,
  fastGradients,
  RELU_GRADIENT,
  SQUARE_GRADIENT,
  type FastGradient,
} from './gradients/gradients.js';
import { batchNormGradient, fusedBatchNorm } from './kernels/batch-norm.js';
import { batchMatMul } from './kernels/batch-matmul.js';
import { broadcastGradient } from './kernels/broadcast.js';
import { inChannelsLast } from './kernels/channels-first.js';
import { clipByValue } from './kernels/clip-by-value.js';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './kernels/depthwise-backprop.js';
import { einsum } from './kernels/einsum.js';
import { reluGradient, squareGradient } from './kernels/elementwise.js';
import { fused } from './kernels/fused.js';
import { cast, identity } from './kernels/identity.js';
import { maxPoolGrad } from './kernels/max-pool-gradient.js';
import { pool } from './kernels/pool.js';
import { mean, sum } from './kernels/reduce.js';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.js';

/** A kernel that may hand a case that it does not cover to the one it replaces. */
type Replacement = (call: KernelCall, otherwise: Kernel) => TensorInfo | TensorInfo[];

const replacements: Readonly<Record<string, Replacement>> = {
  AvgPool: pool(NaN),
  BatchMatMul: batchMatMul,
  Cast: cast,
  ClipByValue: clipByValue,
  Conv2D: (call, otherwise) => inChannelsLast(call, ['x'], true, otherwise),
  Conv2DBackpropFilter: (call) => inChannelsLast(call, ['x', 'dy'], false, conv2dBackpropFilter),
  Conv2DBackpropInput: (call, otherwise) =>
    inChannelsLast(call, ['dy'], true, (inner) => conv2dBackpropInput(inner, otherwise)),
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  Einsum: einsum,
  FusedBatchNorm: fusedBatchNorm,
  FusedConv2D: fused('Conv2D'),
  FusedDepthwiseConv2D: fused('DepthwiseConv2dNative'),
  Identity: identity,
  MaxPool: pool(-Infinity),
  MaxPoolGrad: maxPoolGrad,
  Mean: mean,
  Sum: sum,
  UnsortedSegmentSum: unsortedSegmentSum,
  _FusedMatMul: fused('BatchMatMul'),
  [BATCH_NORM_GRADIENT]: batchNormGradient,
  [BROADCAST_GRADIENT]: broadcastGradient,
  [RELU_GRADIENT]: reluGradient,
  [SQUARE_GRADIENT]: squareGradient,
};

const ourKernels = new WeakSet<KernelConfig>();
const ourGradients = new WeakSet<GradConfig>();

/**
 * Gives TensorFlow.js's wasm backend the kernels that training needs. Importing the package has done this
 * already; calling it again changes nothing. May be called before or after `tf.setBackend('wasm')`.
 */
export function registerWasmTraining(): void {
  for (const [name, replacement] of Object.entries(replacements)) replaceKernel(name, replacement);
  for (const [name, gradient] of Object.entries(fastGradients)) replaceGradient(name, gradient);
}

function replaceKernel(kernelName: string, replacement: Replacement): void {
  // The declared type leaves out that an unknown kernel gives undefined.
  const stock = getKernel(kernelName, WASM) as KernelConfig | undefined;
  if (stock !== undefined && ourKernels.has(stock)) return;
  const otherwise = (call: KernelCall): TensorInfo => {
    if (stock === undefined) throw new Error(`The wasm backend has no kernel '${kernelName}' for this case.`);
    return stock.kernelFunc(call) as TensorInfo;
  };
  const config: KernelConfig = {
    kernelName,
    backendName: WASM,
    kernelFunc: ({ inputs, attrs, backend }) =>
      replacement({ inputs, attrs: attrs ?? {}, backend: backend as WasmBackend }, otherwise),
    setupFunc: (backend) => {
      // The setup of the replaced kernel binds its compiled function when the backend starts.
      stock?.setupFunc?.(backend);
      // The gradients of a TensorFlow.js bundle that was loaded after this package have replaced ours.
      registerWasmTraining();
    },
    ...(stock?.disposeFunc === undefined ? {} : { disposeFunc: stock.disposeFunc }),
  };
  // Registering over a kernel prints a warning, so the old one goes first.
  if (stock !== undefined) unregisterKernel(kernelName, WASM);
  ourKernels.add(config);
  registerKernel(config);
}

/**
 * Gradients belong to all backends: ours steps in on wasm alone, and only while no outer gradient records what
 * the inner one does, since our gradient kernels have no gradient themselves.
 */
function replaceGradient(kernelName: string, fast: FastGradient): void {
  // The declared type leaves out that an unknown kernel gives undefined.
  const general = getGradient(kernelName) as GradConfig | undefined;
  if (general === undefined || ourGradients.has(general)) return;
  const config: GradConfig = {
    ...general,
    gradFunc: (dy, saved, attrs) => {
      const applies = getBackend() === WASM && engine().state.gradientDepth === 0;
      const gradients = applies ? fast(dy as Tensor, saved, attrs) : undefined;
      return gradients ?? general.gradFunc(dy, saved, attrs);
    },
  };
  ourGradients.add(config);
  unregisterGradient(kernelName);
  registerGradient(config);
}
