/** A difference from the cpu backend that stays: `want` is what the cpu backend gives. */
export interface Difference {
  readonly reason: string;
  readonly allows: (want: number | string, got: number | string) => boolean;
}

const isNaN = (value: number | string): boolean => Number.isNaN(value);
const any = (): boolean => true;

const spreads: Difference = {
  reason:
    'padding of zeros times an infinite value, or NaN, is NaN: in a gradient NaN may spread, but is never lost',
  allows: (_, got) => isNaN(got),
};

const masked: Difference = {
  reason: 'the gradient at an input of NaN is 0; the value, and so every loss, is NaN all the same',
  allows: (want, got) => isNaN(want) && got === 0,
};

const resized: Difference = {
  reason:
    'the cpu backend leaves halfPixelCenters out of the gradient; here the gradient is that of the value',
  allows: any,
};

const ties: Difference = {
  reason:
    'of equal maxima the cpu backend takes the last one of a volume, libtorch the first, as both do in images',
  allows: any,
};

/** By kernel. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  BatchMatMul: {
    reason:
      'the cpu backend pairs the wrong matrices where two axes of a batch broadcast; libtorch the right ones',
    allows: any,
  },
  Conv2D: spreads,
  Conv2DBackpropFilter: spreads,
  Conv2DBackpropInput: spreads,
  Conv3D: spreads,
  Conv3DBackpropFilterV2: spreads,
  Conv3DBackpropInputV2: spreads,
  DepthwiseConv2dNative: spreads,
  DepthwiseConv2dNativeBackpropFilter: spreads,
  DepthwiseConv2dNativeBackpropInput: spreads,
  MaxPool3D: ties,
  MaxPool3DGrad: ties,
  OneHot: {
    reason: 'a truth value is 0 or 1; the cpu backend keeps other bytes',
    allows: (want, got) => want !== 0 && got === 1,
  },
  Pow: {
    reason: '1 to the power of NaN is 1 (IEEE 754), and an integer that overflows is the smallest one',
    allows: (want, got) => got === 1 || got === -(2 ** 31) || isNaN(want),
  },
  Relu: masked,
  Relu6: masked,
  ResizeBilinear: resized,
  ResizeNearestNeighbor: resized,
};

/** Kernels of floating-point functions: TensorFlow.js gives them float32 only, whatever the user has. */
export const FLOATS_ONLY: ReadonlySet<string> = new Set(
  (
    'Acos Acosh Asin Asinh Atan Atanh Cos Cosh Elu Erf Exp Expm1 Log Log1p Reciprocal Rsqrt Selu Sigmoid Sin Sinh ' +
    'Softplus Sqrt Tan Tanh'
  ).split(' '),
);

/** Kernels that are not compared by name. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  Complex: 'holds two tensors together and computes nothing; the suite of TensorFlow.js covers it',
  Real: 'gives a part of a complex tensor and computes nothing',
  Imag: 'gives a part of a complex tensor and computes nothing',
  TorchBatchNormTraining: 'the cpu backend has none; the layer is compared in fused.test.ts',
  TorchBatchNormTrainingGrad: 'the cpu backend has none; the layer is compared in fused.test.ts',
  TorchClampGrad: 'the gradient of Relu, Relu6 and ClipByValue, which are compared',
  TorchMovingAverage: 'the cpu backend has none; the layer is compared in fused.test.ts',
  TorchDropout: 'draws its own numbers; see fused.test.ts',
  TorchDropoutGrad: 'the gradient of TorchDropout; see fused.test.ts',
};
