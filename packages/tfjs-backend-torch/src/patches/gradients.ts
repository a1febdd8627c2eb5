import {
  engine,
  getGradient,
  registerGradient,
  unregisterGradient,
  type ClipByValueAttrs,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { TORCH } from '../kernels/define.js';
import { onCpu } from '../settings.js';
import {
  BATCH_NORM_GRADIENT,
  BATCH_NORM_TRAINING,
  CLAMP_GRADIENT,
  DROPOUT,
  DROPOUT_GRADIENT,
  type ClampGradAttrs,
} from '../kernels/fused.js';

type GradFunc = GradConfig['gradFunc'];

/** Whether this backend is in use. On all others gradients are TensorFlow.js's own. */
export function onTorch(): boolean {
  return engine().backendName === TORCH;
}

/** Runs a kernel, gives its tensors. */
export function runKernel(name: string, inputs: NamedTensorMap, attrs: object = {}): Tensor | Tensor[] {
  return engine().runKernel(name, inputs, attrs as NamedAttrMap);
}

const clampGradient = (dy: Tensor, x: Tensor, attrs: ClampGradAttrs): Tensor =>
  runKernel(CLAMP_GRADIENT, { dy, x }, attrs) as Tensor;

/** The gradient of a gradient needs TensorFlow.js's own operations, whose gradients are known. */
const isFirstOrder = (): boolean => engine().state.gradientDepth === 0;

/** Registers the gradients of fused kernels, and replaces gradients for which libtorch has an operator. */
export function registerFusedGradients(): void {
  registerGradient({
    kernelName: BATCH_NORM_TRAINING,
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, [x, statistics]) => {
      const [dy] = dys as Tensor[];
      const [dx, dGamma, dBeta] = runKernel(BATCH_NORM_GRADIENT, {
        dy: dy!,
        x: x!,
        statistics: statistics!,
      }) as Tensor[];
      return { x: () => dx!, gamma: () => dGamma!, beta: () => dBeta! };
    },
  });
  registerGradient({
    kernelName: DROPOUT,
    outputsToSave: [false, true],
    gradFunc: (dys, [mask], attrs) => {
      const [dy] = dys as Tensor[];
      return { x: () => runKernel(DROPOUT_GRADIENT, { dy: dy!, mask: mask! }, attrs) as Tensor };
    },
  });
  // The output is positive where the input is, and somebody else keeps it anyway: the layer that follows.
  replace(
    'Relu',
    (dy, [y]) => ({ x: () => clampGradient(dy, y!, { low: 0, high: Infinity, inclusive: false }) }),
    { inputsToSave: [], outputsToSave: [true] },
  );
  replace('Relu6', (dy, [x]) => ({ x: () => clampGradient(dy, x!, { low: 0, high: 6, inclusive: false }) }));
  replace('ClipByValue', (dy, [x], attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as ClipByValueAttrs;
    const [low, high] = [Math.fround(clipValueMin), Math.fround(clipValueMax)];
    return { x: () => clampGradient(dy, x!, { low, high, inclusive: true }) };
  });
}

function replace(kernelName: string, gradient: Gradient, saves: Partial<GradConfig> = {}): void {
  const fits = (dy: Tensor, saved: Tensor[]): boolean =>
    onCpu() && isFirstOrder() && dy.dtype === 'float32' && saved[0]?.dtype === 'float32';
  replaceGradient(kernelName, fits, gradient, saves);
}

type Gradient = (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => ReturnType<GradFunc>;

/**
 * Replaces the gradient of a kernel with one output where this backend is in use and the case fits; all else stays
 * TensorFlow.js's.
 */
export function replaceGradient(
  kernelName: string,
  fits: (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => boolean,
  gradient: Gradient,
  saves: Partial<GradConfig> = {},
): void {
  // The declared type leaves out that a kernel may have no gradient.
  const stock = getGradient(kernelName) as GradConfig | undefined;
  if (stock === undefined) return;
  // Registering over a gradient prints a warning, so the old gradient goes first.
  unregisterGradient(kernelName);
  registerGradient({
    ...stock,
    ...saves,
    gradFunc: (dy, saved, attrs) =>
      onTorch() && fits(dy as Tensor, saved, attrs)
        ? gradient(dy as Tensor, saved, attrs)
        : stock.gradFunc(dy, saved, attrs),
  });
}
