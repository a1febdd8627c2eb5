import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Chance, Literal } from './chance.js';
import type { Generator, Generators } from './elementwise.js';

type Pad = 'same' | 'valid' | number | backend_util.ExplicitPadding;
type Shape4D = [number, number, number, number];

interface Geometry {
  readonly xShape: Shape4D;
  readonly filterShape: Shape4D;
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly pad: Pad;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly outShape: number[];
}

const axis = (chance: Chance): [number, number] => {
  const strided = chance.yes();
  return [strided ? chance.int(1, 4) : 1, strided ? 1 : chance.int(1, 3)];
};

/** A geometry with an output of at least one pixel, drawn again until there is one. */
function geometry(chance: Chance, depthwise: boolean, dilated: boolean): Geometry {
  for (;;) {
    const channels = chance.of(1, 2, 3, 4, 5, 8);
    const square = chance.yes(0.3);
    const height = chance.int(1, 9);
    const dilates = dilated && chance.yes(0.3);
    const size: [number, number] = [chance.int(1, 4), chance.int(1, 4)];
    if (square) size[1] = size[0];
    const strides: [number, number] = dilates ? [1, 1] : [axis(chance)[0], axis(chance)[0]];
    if (square) strides[1] = strides[0];
    const dilations: [number, number] = dilates ? [chance.int(1, 3), chance.int(1, 3)] : [1, 1];
    // TensorFlow.js gives a padding by one number the wrong output shape where the two axes differ.
    if (square) dilations[1] = dilations[0];
    const margin = (): [number, number] => [chance.int(0, 2), chance.int(0, 2)];
    const pad: Pad =
      square && chance.yes(0.3)
        ? chance.int(0, Math.max(0, size[0] - 1))
        : chance.of<Pad>('same', 'valid', [[0, 0], margin(), margin(), [0, 0]]);
    const xShape: Shape4D = [chance.int(1, 3), height, chance.int(1, 9), channels];
    const filterShape: Shape4D = [
      ...size,
      channels,
      depthwise ? chance.int(1, 3) : chance.of(1, 2, 3, 4, 5, 9),
    ];
    try {
      const { outShape } = backend_util.computeConv2DInfo(
        xShape,
        filterShape,
        strides,
        dilations,
        pad,
        undefined,
        depthwise,
      );
      if (outShape.some((length) => length < 1)) continue;
      const dataFormat = !depthwise && chance.yes(0.2) ? 'NCHW' : 'NHWC';
      return { xShape, filterShape, strides, dilations, pad, dataFormat, outShape };
    } catch {
      continue;
    }
  }
}

const CHANNELS_FIRST = [0, 3, 1, 2];

function attrsOf({ strides, dilations, pad, dataFormat }: Geometry): NamedAttrMap {
  const turned = Array.isArray(pad) && dataFormat === 'NCHW' ? CHANNELS_FIRST.map((i) => pad[i]!) : pad;
  return { strides, dilations, pad: turned, dataFormat };
}

const image = (chance: Chance, g: Geometry, shape: readonly number[], special = true): Literal =>
  chance.tensor(
    g.dataFormat === 'NCHW' ? CHANNELS_FIRST.map((i) => shape[i]!) : shape,
    'float32',
    special ? 'any' : 'plain',
  );

const forward =
  (depthwise: boolean): Generator =>
  (chance) => {
    const g = geometry(chance, depthwise, true);
    // TensorFlow.js refuses gradients of dilated convolutions, and the cpu backend gets the depthwise ones wrong.
    const dilated = g.dilations.some((dilation) => dilation > 1);
    return {
      inputs: { x: image(chance, g, g.xShape), filter: chance.tensor(g.filterShape, 'float32', 'plain') },
      attrs: attrsOf(g),
      gradients: dilated ? [] : ['x', 'filter'],
    };
  };

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'prelu', 'sigmoid', 'leakyrelu'] as const;

const fusedConvolution =
  (depthwise: boolean): Generator =>
  (chance) => {
    const g = geometry(chance, depthwise, true);
    const activation = chance.of(...ACTIVATIONS);
    const out = g.outShape[3]!;
    const attrs = { ...attrsOf(g), activation, leakyreluAlpha: 0.25 };
    const vector = (): Literal => chance.tensor(chance.yes(0.2) ? [1] : [out]);
    const alphaShape =
      g.dataFormat === 'NCHW'
        ? chance.of([1, 1, 1], [out, 1, 1])
        : chance.of([out], [1, 1, out], [...g.outShape.slice(1)], [1, 1, 1]);
    return {
      inputs: {
        x: image(chance, g, g.xShape),
        filter: chance.tensor(g.filterShape, 'float32', 'plain'),
        ...(chance.yes(0.7) ? { bias: vector() } : {}),
        ...(activation === 'prelu'
          ? { preluActivationWeights: chance.tensor(alphaShape, 'float32', 'finite') }
          : {}),
      },
      attrs,
    };
  };

const backprop =
  (depthwise: boolean, of: 'filter' | 'x'): Generator =>
  (chance) => {
    const g = geometry(chance, depthwise, false);
    const dy = image(chance, g, g.outShape);
    if (of === 'filter') {
      const attrs = { ...attrsOf(g), filterShape: g.filterShape };
      return { inputs: { x: image(chance, g, g.xShape, false), dy }, attrs };
    }
    const xShape = g.dataFormat === 'NCHW' ? CHANNELS_FIRST.map((i) => g.xShape[i]!) : g.xShape;
    const attrs = { ...attrsOf(g), inputShape: xShape };
    return { inputs: { dy, filter: chance.tensor(g.filterShape, 'float32', 'plain') }, attrs };
  };

const dilation =
  (gradient: boolean): Generator =>
  (chance) => {
    for (;;) {
      const channels = chance.int(1, 4);
      const xShape: Shape4D = [chance.int(1, 2), chance.int(5, 7), chance.int(5, 7), channels];
      const filterShape: [number, number, number] = [chance.int(1, 3), chance.int(1, 3), channels];
      const strides: [number, number] = [chance.int(1, 3), chance.int(1, 3)];
      const dilations: [number, number] = [chance.int(1, 2), chance.int(1, 2)];
      const pad = chance.of<'same' | 'valid'>('same', 'valid');
      const { outShape } = backend_util.computeDilation2DInfo(
        xShape,
        filterShape,
        strides,
        pad,
        'NHWC',
        dilations,
      );
      if (outShape.some((length) => length < 1)) continue;
      const inputs = {
        x: chance.tensor(xShape, 'float32', 'plain'),
        filter: chance.tensor(filterShape, 'float32', 'plain'),
        ...(gradient ? { dy: chance.tensor(outShape) } : {}),
      };
      return { inputs, attrs: { strides, pad, dilations }, gradients: gradient ? [] : ['x', 'filter'] };
    }
  };

const product =
  (fused: boolean): Generator =>
  (chance) => {
    const [rows, inner, columns] = [
      chance.int(1, 6),
      chance.int(chance.yes(0.05) ? 0 : 1, 6),
      chance.int(1, 6),
    ];
    const batch = chance.list(fused ? 1 : chance.int(1, 3), () => chance.int(1, 3));
    const outer = (): number[] => batch.map((size) => (chance.yes(0.2) ? 1 : size));
    const [transposeA, transposeB] = [chance.yes(), chance.yes()];
    const dtype = !fused && chance.yes(0.15) ? 'int32' : 'float32';
    const activation = chance.of(...ACTIVATIONS);
    const a = chance.tensor([...outer(), ...(transposeA ? [inner, rows] : [rows, inner])], dtype);
    const b = chance.tensor([...outer(), ...(transposeB ? [columns, inner] : [inner, columns])], dtype);
    if (!fused) {
      const gradients = dtype === 'float32' && inner > 0 ? ['a', 'b'] : [];
      return { inputs: { a, b }, attrs: { transposeA, transposeB }, gradients };
    }
    return {
      inputs: {
        a,
        b,
        ...(chance.yes(0.7) ? { bias: chance.tensor(chance.of([columns], [1], [rows, columns], [])) } : {}),
        ...(activation === 'prelu'
          ? {
              preluActivationWeights: chance.tensor(
                chance.of([columns], [1], [rows, columns]),
                'float32',
                'finite',
              ),
            }
          : {}),
      },
      attrs: { transposeA, transposeB, activation, leakyreluAlpha: 0.25 },
    };
  };

export const convolutions: Generators = {
  BatchMatMul: product(false),
  Conv2D: forward(false),
  Conv2DBackpropFilter: backprop(false, 'filter'),
  Conv2DBackpropInput: backprop(false, 'x'),
  DepthwiseConv2dNative: forward(true),
  DepthwiseConv2dNativeBackpropFilter: backprop(true, 'filter'),
  DepthwiseConv2dNativeBackpropInput: backprop(true, 'x'),
  Dilation2D: dilation(false),
  Dilation2DBackpropFilter: dilation(true),
  Dilation2DBackpropInput: dilation(true),
  FusedConv2D: fusedConvolution(false),
  FusedDepthwiseConv2D: fusedConvolution(true),
  _FusedMatMul: product(true),
};
