import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';

/** Sizes of a 2D convolution, in pixels; the layout of images is NHWC, of filters [rows, columns, in, out]. */
export type Geometry = backend_util.Conv2DInfo;

type Shape4D = [number, number, number, number];

/** Attributes that TensorFlow.js passes to the gradient kernels of conv2d and depthwiseConv2d. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Geometry of the convolution whose gradient is asked for; NCHW is a RangeError, as in the forward kernel. */
export function geometry(
  name: string,
  inputShape: number[],
  filterShape: number[],
  attrs: NamedAttrMap,
  depthwise = false,
): Geometry {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs as unknown as ConvolutionAttributes;
  if (dataFormat === 'NCHW') {
    throw new RangeError(`${name} on the wasm backend expects dataFormat 'NHWC', not 'NCHW'.`);
  }
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}
