import { backend_util } from '@tensorflow/tfjs-core';
import type { Chance, Range } from './chance.js';
import type { Generator, Generators } from './elementwise.js';

interface Geometry {
  readonly xShape: number[];
  readonly filterSize: number[];
  readonly strides: number[];
  readonly pad: 'same' | 'valid' | number;
  readonly outShape: number[];
}

function windows(chance: Chance, axes: 2 | 3): Geometry {
  for (;;) {
    const square = chance.yes(0.3);
    const window = chance.int(1, 4);
    const step = chance.int(1, 4);
    const filterSize = chance.list(axes, () => (square ? window : chance.int(1, 3)));
    // The cpu backend takes the height of a window in three axes for its width.
    if (axes === 3) filterSize[2] = filterSize[1]!;
    const strides = chance.list(axes, () => (square ? step : chance.int(1, 4)));
    const xShape = [
      chance.int(1, 3),
      ...chance.list(axes, () => chance.int(1, axes === 2 ? 9 : 6)),
      chance.int(1, 6),
    ];
    const pad =
      square && chance.yes(0.3)
        ? chance.int(0, Math.floor(window / 2))
        : chance.of('same' as const, 'valid' as const);
    try {
      const { outShape } =
        axes === 2
          ? backend_util.computePool2DInfo(
              xShape as [number, number, number, number],
              filterSize as [number, number],
              strides as [number, number],
              1,
              pad,
            )
          : backend_util.computePool3DInfo(
              xShape as [number, number, number, number, number],
              filterSize as [number, number, number],
              strides as [number, number, number],
              1,
              pad,
            );
      if (outShape.every((length) => length > 0)) return { xShape, filterSize, strides, pad, outShape };
    } catch {
      continue;
    }
  }
}

const forward =
  (axes: 2 | 3): Generator =>
  (chance) => {
    const { xShape, filterSize, strides, pad } = windows(chance, axes);
    const special = chance.yes(0.25);
    return {
      inputs: { x: chance.tensor(xShape, 'float32', special ? 'any' : 'finite') },
      attrs: { filterSize, strides, pad, ...(axes === 3 ? { dataFormat: 'NDHWC' } : {}) },
      gradients: special ? [] : ['x'],
    };
  };

const backward =
  (axes: 2 | 3, isMax: boolean): Generator =>
  (chance) => {
    const { xShape, filterSize, strides, pad, outShape } = windows(chance, axes);
    const dy = chance.tensor(outShape);
    const x = chance.tensor(xShape, 'float32', 'plain');
    const output = isMax && axes === 2 ? { output: chance.tensor(outShape) } : {};
    return { inputs: { dy, input: x, ...output }, attrs: { filterSize, strides, pad } };
  };

interface Convolution3D {
  readonly xShape: number[];
  readonly filterShape: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pad: 'same' | 'valid';
  readonly outShape: number[];
}

function convolution3D(chance: Chance, dilated: boolean): Convolution3D {
  for (;;) {
    const channels = chance.int(1, 5);
    const xShape = [chance.int(1, 2), ...chance.list(3, () => chance.int(1, 6)), channels];
    const filterShape = [...chance.list(3, () => chance.int(1, 3)), channels, chance.int(1, 5)];
    const dilates = dilated && chance.yes(0.2);
    const strides = dilates ? [1, 1, 1] : chance.list(3, () => chance.int(1, 4));
    const dilations = dilates ? chance.list(3, () => chance.int(1, 2)) : [1, 1, 1];
    const pad = chance.of<'same' | 'valid'>('same', 'valid');
    type Five = [number, number, number, number, number];
    const { outShape } = backend_util.computeConv3DInfo(
      xShape as Five,
      filterShape as Five,
      strides as [number, number, number],
      dilations as [number, number, number],
      pad,
    );
    if (outShape.every((length) => length > 0))
      return { xShape, filterShape, strides, dilations, pad, outShape };
  }
}

const conv3dGradient =
  (of: 'x' | 'filter'): Generator =>
  (chance) => {
    const { xShape, filterShape, strides, pad, outShape } = convolution3D(chance, false);
    const draw = (shape: number[], range: Range) => chance.tensor(shape, 'float32', range);
    const dy = draw(outShape, 'any');
    return of === 'x'
      ? { inputs: { dy, filter: draw(filterShape, 'plain') }, attrs: { strides, pad, inputShape: xShape } }
      : { inputs: { x: draw(xShape, 'plain'), dy }, attrs: { strides, pad, filterShape } };
  };

const normalization = { depthRadius: 1, bias: 1, alpha: 1, beta: 1 };

export const pooling: Generators = {
  AvgPool: forward(2),
  AvgPool3D: forward(3),
  AvgPool3DGrad: backward(3, false),
  AvgPoolGrad: backward(2, false),
  Conv3D: (chance) => {
    const { xShape, filterShape, strides, dilations, pad } = convolution3D(chance, true);
    return {
      inputs: { x: chance.tensor(xShape), filter: chance.tensor(filterShape, 'float32', 'plain') },
      attrs: { strides, dilations, pad, dataFormat: 'NDHWC' },
      gradients: dilations.some((dilation) => dilation > 1) ? [] : ['x', 'filter'],
    };
  },
  Conv3DBackpropFilterV2: conv3dGradient('filter'),
  Conv3DBackpropInputV2: conv3dGradient('x'),
  FusedBatchNorm: (chance) => {
    const shape = chance.shape(4, 4);
    const channels = shape[3]!;
    const rowShape = chance.yes(0.8) ? [channels] : chance.of([1, 1, 1, channels], shape);
    const row = (range: Range) => chance.tensor(rowShape, 'float32', range);
    const scale = chance.yes(0.7) ? { scale: row('plain') } : {};
    const offset = chance.yes(0.7) ? { offset: row('plain') } : {};
    const inputs = {
      x: chance.tensor(shape),
      mean: row('plain'),
      variance: row('positive'),
      ...scale,
      ...offset,
    };
    return {
      inputs,
      attrs: { varianceEpsilon: 0.001 },
      gradients: rowShape.length === 1 ? Object.keys(inputs) : [],
    };
  },
  LRN: (chance) => ({
    inputs: { x: chance.tensor(chance.shape(4, 4), 'float32', 'finite') },
    attrs: { ...normalization, depthRadius: chance.int(0, 4), beta: chance.of(0.5, 1) },
    gradients: ['x'],
  }),
  LRNGrad: (chance) => {
    const shape = chance.shape(4, 4);
    const draw = () => chance.tensor(shape, 'float32', 'plain');
    return {
      inputs: { x: draw(), y: draw(), dy: draw() },
      attrs: { ...normalization, depthRadius: chance.int(0, 4) },
    };
  },
  MaxPool: forward(2),
  MaxPool3D: forward(3),
  MaxPool3DGrad: backward(3, true),
  MaxPoolGrad: backward(2, true),
  MaxPoolWithArgmax: (chance) => {
    const { xShape, filterSize, strides, pad } = windows(chance, 2);
    return {
      inputs: { x: chance.tensor(xShape, chance.of('float32', 'int32'), 'finite') },
      attrs: { filterSize, strides, pad, includeBatchInIndex: chance.yes() },
    };
  },
};
