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
import { divide, ofIntegerPairs, power, prelu } from './kernels/binary.js';
import { clipByValue, relu, relu6, sign } from './kernels/activations.js';
import { batchNormGradient, fusedBatchNorm } from './kernels/batch-norm.js';
import { batchMatMul } from './kernels/batch-matmul.js';
import { broadcastGradient } from './kernels/broadcast.js';
import { inChannelsLast } from './kernels/channels-first.js';
import { boolAsInteger, depthToSpace, oneHot, stridedSlice } from './kernels/bytes.js';
import { conv2d, depthwiseConv2d } from './kernels/conv2d.js';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.js';
import { conv3dBackpropFilter, conv3dBackpropInput } from './kernels/conv3d-gradients.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './kernels/depthwise-backprop.js';
import { dilation2D, dilation2DBackpropFilter, dilation2DBackpropInput } from './kernels/dilation2d.js';
import { einsum } from './kernels/einsum.js';
import { maximum, minimum, reluGradient, squareGradient } from './kernels/elementwise.js';
import { floorDiv, mod } from './kernels/floor-division.js';
import { fused } from './kernels/fused.js';
import { gather } from './kernels/gather.js';
import {
  cropAndResize,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
  rotateWithOffset,
} from './kernels/images.js';
import { cast, identity } from './kernels/identity.js';
import { integerKernels } from './kernels/integers.js';
import { maxPoolGrad } from './kernels/max-pool-gradient.js';
import { avgPool, maxPool } from './kernels/pool.js';
import { cumulative, mean, ofEmpty, sum, transpose } from './kernels/reduce.js';
import { select } from './kernels/select.js';
import { transform } from './kernels/transform.js';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.js';
import { maxPool3D, maxPool3DGrad, maxPoolWithArgmax } from './kernels/windows.js';

/** A kernel that may hand a case that it does not cover to the kernel it replaces, `otherwise`. */
type Replacement = (call: KernelCall, otherwise: Kernel) => TensorInfo | TensorInfo[];

const replacements: Readonly<Record<string, Replacement>> = {
  ...integerKernels,
  All: ofEmpty(1),
  Any: ofEmpty(0),
  AvgPool: avgPool,
  BatchMatMul: batchMatMul,
  Cast: cast,
  ClipByValue: clipByValue,
  Conv2D: conv2d,
  Conv2DBackpropFilter: (call) => inChannelsLast(call, ['x', 'dy'], false, conv2dBackpropFilter),
  Conv2DBackpropInput: (call, otherwise) =>
    inChannelsLast(call, ['dy'], true, (inner) => conv2dBackpropInput(inner, otherwise)),
  Conv3DBackpropFilterV2: conv3dBackpropFilter,
  Conv3DBackpropInputV2: conv3dBackpropInput,
  CropAndResize: cropAndResize,
  Cumprod: cumulative,
  Cumsum: cumulative,
  DepthToSpace: depthToSpace,
  DepthwiseConv2dNative: depthwiseConv2d,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  Dilation2D: dilation2D,
  Dilation2DBackpropFilter: dilation2DBackpropFilter,
  Dilation2DBackpropInput: dilation2DBackpropInput,
  Einsum: einsum,
  FloorDiv: floorDiv,
  FusedBatchNorm: fusedBatchNorm,
  FusedConv2D: fused('Conv2D'),
  FusedDepthwiseConv2D: fused('DepthwiseConv2dNative'),
  GatherV2: gather,
  Identity: identity,
  MaxPool: maxPool,
  MaxPool3D: maxPool3D,
  MaxPool3DGrad: maxPool3DGrad,
  MaxPoolGrad: maxPoolGrad,
  MaxPoolWithArgmax: maxPoolWithArgmax,
  Maximum: maximum,
  Mean: mean,
  Minimum: minimum,
  Mod: mod,
  OneHot: oneHot,
  Pow: ofIntegerPairs(power),
  Prelu: prelu,
  Prod: ofEmpty(1),
  RealDiv: ofIntegerPairs(divide),
  Relu: relu,
  Relu6: relu6,
  ResizeNearestNeighbor: resizeNearestNeighbor,
  ResizeNearestNeighborGrad: resizeNearestNeighborGrad,
  Reverse: boolAsInteger,
  RotateWithOffset: rotateWithOffset,
  Select: select,
  Sign: sign,
  StridedSlice: stridedSlice,
  Sum: sum,
  Transform: transform,
  Transpose: transpose,
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
  // Registering over a kernel prints a warning, so the old kernel goes first.
  if (stock !== undefined) unregisterKernel(kernelName, WASM);
  ourKernels.add(config);
  registerKernel(config);
}

/**
 * Gradients belong to all backends: ours steps in on wasm alone, and never inside an outer gradient, since our gradient
 * kernels have no gradient themselves.
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
