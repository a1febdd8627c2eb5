/** A difference from the cpu backend that stays: `want` is what the cpu backend gives. */
interface Difference {
  readonly reason: string;
  readonly allows: (want: number | string, got: number | string) => boolean;
}

const isNaN = (value: number | string): boolean => Number.isNaN(value);

const spreads: Difference = {
  reason:
    'padding of zeros times an infinite value, or NaN, is NaN: in a gradient NaN may spread, but is never lost',
  allows: (_, got) => isNaN(got),
};

const keepsNaN: Difference = {
  reason: 'a window that holds nothing but NaN gives NaN, and -Infinity on the cpu backend',
  allows: (want, got) => want === -Infinity && isNaN(got),
};

/** By kernel. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  Conv2D: spreads,
  Conv2DBackpropFilter: spreads,
  Conv2DBackpropInput: spreads,
  Conv3D: spreads,
  Conv3DBackpropFilterV2: spreads,
  Conv3DBackpropInputV2: spreads,
  DepthwiseConv2dNative: spreads,
  DepthwiseConv2dNativeBackpropFilter: spreads,
  DepthwiseConv2dNativeBackpropInput: spreads,
  MaxPool: keepsNaN,
  MaxPool3D: keepsNaN,
  Mean: {
    reason: 'the mean of nothing is NaN; the cpu backend makes 0 of it at times',
    allows: (want, got) => want === 0 && isNaN(got),
  },
  Pow: {
    reason: '1 to the power of NaN or of an infinity is 1 (IEEE 754), but NaN in JavaScript',
    allows: (want, got) => isNaN(want) && got === 1,
  },
};

/** Kernels that the fuzzer does not call by name. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  TrainingBatchNormGrad:
    'the cpu backend has no such kernel; it is the gradient of FusedBatchNorm, which is compared',
  TrainingBroadcastGrad:
    'the cpu backend has no such kernel; it is the gradient of Sum and Mean, which are compared',
  TrainingReluGrad: 'the cpu backend has no such kernel; it is the gradient of Relu, which is compared',
  TrainingSquareGrad: 'the cpu backend has no such kernel; it is the gradient of Square, which is compared',
};
