import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';

/** Sizes of a 2D convolution, in pixels; the layout of images is NHWC, of filters [rows, columns, in, out]. */
export type Geometry = backend_util.Conv2DInfo;

type Shape4D = [number, number, number, number];

/** Attributes that TensorFlow.js passes to the gradient kernels of conv2d and depthwiseConv2d. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Geometry of the convolution of NHWC images whose gradient is asked for. */
export function geometry(
  inputShape: number[],
  filterShape: number[],
  attrs: NamedAttrMap,
  depthwise = false,
): Geometry {
  const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as ConvolutionAttributes;
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

/**
 * Visits the rows that an image has in common with the frame of `rows` x `columns` pixels that padding makes of it.
 * @param visit told where a row begins in the images, where in the frame, and how long it is; all in values
 */
export function visitFramedRows(
  g: Geometry,
  image: number,
  rows: number,
  columns: number,
  visit: (inImages: number, inFrame: number, length: number) => void,
): void {
  const { top, left } = g.padInfo;
  const length = Math.min(g.inWidth, columns - left) * g.inChannels;
  const end = Math.min(g.inHeight, rows - top);
  for (let row = 0; row < end; row++) {
    const inImages = (image * g.inHeight + row) * g.inWidth * g.inChannels;
    visit(inImages, ((row + top) * columns + left) * g.inChannels, length);
  }
}
