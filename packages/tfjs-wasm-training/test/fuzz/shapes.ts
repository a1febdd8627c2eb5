import { util } from '@tensorflow/tfjs-core';
import type { Chance, Literal } from './chance.js';
import { byIndex, type Generator, type Generators } from './elementwise.js';

type DType = 'float32' | 'int32' | 'bool';
const dtypeOf = (chance: Chance): DType => chance.of<DType>('float32', 'float32', 'int32', 'bool');
const draw = (chance: Chance, shape: readonly number[]): Literal => chance.tensor(shape, dtypeOf(chance));
const gradientsOf = (x: Literal, name = 'x'): string[] => (x.dtype === 'float32' ? [name] : []);

const concat: Generator = (chance) => {
  const shape = chance.shape(1, 4);
  const dtype = dtypeOf(chance);
  const axis = chance.int(0, shape.length - 1);
  const inputs = chance.list(chance.int(1, 4), () =>
    chance.tensor(
      shape.map((size, i) => (i === axis ? chance.int(0, 3) : size)),
      dtype,
    ),
  );
  const gradients = dtype === 'float32' ? Object.keys(inputs) : [];
  return { inputs: byIndex(inputs), attrs: { axis }, gradients };
};

const pack: Generator = (chance) => {
  const shape = chance.shape(0, 4);
  const dtype = dtypeOf(chance);
  const inputs = chance.list(chance.int(1, 4), () => chance.tensor(shape, dtype));
  const gradients = dtype === 'float32' ? Object.keys(inputs) : [];
  return { inputs: byIndex(inputs), attrs: { axis: chance.int(0, shape.length) }, gradients };
};

const gather: Generator = (chance) => {
  const shape = chance.shape(1, 4, false);
  const x = draw(chance, shape);
  const axis = chance.int(0, shape.length - 1);
  const batchDims = chance.yes(0.3) ? chance.int(0, axis) : 0;
  const outer = shape.slice(0, batchDims);
  const indices = chance.indices([...outer, ...chance.shape(0, 2)], 0, shape[axis]! - 1);
  return {
    inputs: { x, indices },
    attrs: { axis, batchDims },
    gradients: batchDims === 0 ? gradientsOf(x) : [],
  };
};

/** Indices of rank 2 into the first axes of `shape`, in range. */
function coordinates(chance: Chance, shape: readonly number[], count: number, depth: number): Literal {
  const values = chance.list(count, () => chance.list(depth, (i) => chance.int(0, shape[i]! - 1))).flat();
  return { shape: [count, depth], dtype: 'int32', values };
}

const scatter =
  (into: boolean): Generator =>
  (chance) => {
    const shape = chance.shape(1, 3, false);
    const depth = chance.int(1, shape.length);
    const count = chance.int(1, 5);
    const indices = coordinates(chance, shape, count, depth);
    const dtype = chance.of('float32' as const, 'int32' as const);
    const updates = chance.tensor([count, ...shape.slice(depth)], dtype, 'plain');
    return into
      ? { inputs: { tensor: chance.tensor(shape, dtype), indices, updates }, attrs: {} }
      : { inputs: { indices, updates }, attrs: { shape } };
  };

const space =
  (toBatch: boolean): Generator =>
  (chance) => {
    const axes = chance.int(1, 2);
    const blockShape = chance.list(axes, () => chance.int(1, 3));
    const blocks = util.sizeFromShape(blockShape);
    const rest = chance.list(chance.int(0, 1), () => chance.int(1, 3));
    const margins = chance.list(axes, () => [chance.int(0, 2), chance.int(0, 2)] as [number, number]);
    if (toBatch) {
      const paddings = margins.map(([before], i): [number, number] => [
        before,
        blockShape[i]! - (before % blockShape[i]!),
      ]);
      const sides = blockShape.map((block) => block * chance.int(1, 3));
      const fitting = paddings.map(([before, after], i) => [
        before,
        (blockShape[i]! * 3 - before) % blockShape[i]! || after % blockShape[i]!,
      ]);
      const x = draw(chance, [chance.int(1, 2), ...sides, ...rest]);
      return { inputs: { x }, attrs: { blockShape, paddings: fitting }, gradients: gradientsOf(x) };
    }
    const sides = chance.list(axes, () => chance.int(3, 5));
    const x = draw(chance, [blocks * chance.int(1, 2), ...sides, ...rest]);
    const crops = sides.map((side, i) => {
      const total = side * blockShape[i]!;
      const before = chance.int(0, Math.min(1, total - 1));
      return [before, chance.int(0, Math.min(1, total - 1 - before))];
    });
    return { inputs: { x }, attrs: { blockShape, crops }, gradients: gradientsOf(x) };
  };

const ofX =
  (
    low: number,
    attrs: (chance: Chance, shape: readonly number[]) => Record<string, unknown>,
    empty = true,
  ): Generator =>
  (chance) => {
    const shape = chance.shape(low, 5, empty);
    const x = draw(chance, shape);
    return {
      inputs: { x },
      attrs: attrs(chance, shape) as Record<string, number[]>,
      gradients: gradientsOf(x),
    };
  };

const axesOf = (shape: readonly number[]): number[] => shape.map((_, axis) => axis);

export const shapes: Generators = {
  BatchToSpaceND: space(false),
  BroadcastArgs: (chance) => {
    const [a, b] = chance.broadcastable();
    const shape = (sizes: number[]): Literal => ({ shape: [sizes.length], dtype: 'int32', values: sizes });
    return { inputs: { s0: shape(a), s1: shape(b) } };
  },
  Concat: concat,
  DepthToSpace: (chance) => {
    const blockSize = chance.int(2, 3);
    const depth = blockSize * blockSize * chance.int(1, 2);
    const dataFormat = 'NHWC';
    const [h, w] = [chance.int(1, 3), chance.int(1, 3)];
    return { inputs: { x: draw(chance, [2, h, w, depth]) }, attrs: { blockSize, dataFormat } };
  },
  Diag: (chance) => ({ inputs: { x: draw(chance, chance.shape(1, 3)) } }),
  ExpandDims: (chance) => {
    const shape = chance.shape();
    const input = draw(chance, shape);
    return { inputs: { input }, attrs: { dim: chance.int(-shape.length - 1, shape.length) } };
  },
  Fill: (chance) => ({
    inputs: {},
    attrs: {
      shape: chance.shape(),
      value: chance.of(0, 1, 2.5, -3, NaN),
      dtype: chance.of('float32', 'int32'),
    },
  }),
  GatherNd: (chance) => {
    const shape = chance.shape(1, 4, false);
    const depth = chance.int(1, shape.length);
    return {
      inputs: { params: draw(chance, shape), indices: coordinates(chance, shape, chance.int(1, 5), depth) },
    };
  },
  GatherV2: gather,
  LinSpace: (chance) => ({
    inputs: {},
    attrs: { start: chance.int(-5, 5), stop: chance.int(-5, 5), num: chance.int(1, 9) },
  }),
  MirrorPad: ofX(
    1,
    (chance, shape) => {
      const mode = chance.of('reflect', 'symmetric');
      const most = (size: number): number => Math.min(3, mode === 'reflect' ? size - 1 : size);
      return { mode, paddings: shape.map((size) => [chance.int(0, most(size)), chance.int(0, most(size))]) };
    },
    false,
  ),
  OneHot: (chance) => ({
    inputs: { indices: chance.indices(chance.shape(0, 3), -1, 5) },
    attrs: {
      depth: chance.int(1, 5),
      onValue: chance.of(1, 2),
      offValue: chance.of(0, -1),
      dtype: chance.of('int32', 'float32', 'bool'),
    },
  }),
  Pack: pack,
  PadV2: ofX(0, (chance, shape) => ({
    paddings: shape.map(() => [chance.int(0, 2), chance.int(0, 2)]),
    constantValue: chance.of(0, 1),
  })),
  Range: (chance) => ({
    inputs: {},
    attrs: {
      start: chance.int(-5, 5),
      stop: chance.int(-5, 5),
      step: chance.of(1, -1, 2, 0.5),
      dtype: chance.of('float32', 'int32'),
    },
  }),
  Reshape: ofX(0, (chance, shape) => ({
    shape: chance.yes() ? [util.sizeFromShape([...shape])] : chance.shuffled(shape),
  })),
  Reverse: ofX(0, (chance, shape) => ({ dims: axesOf(shape).filter(() => chance.yes()) })),
  ScatterNd: scatter(false),
  Slice: ofX(1, (chance, shape) => {
    const begin = shape.map((size) => chance.int(0, size));
    return { begin, size: shape.map((size, i) => (chance.yes(0.2) ? -1 : chance.int(0, size - begin[i]!))) };
  }),
  SpaceToBatchND: space(true),
  SplitV: ofX(1, (chance, shape) => {
    const axis = chance.int(0, shape.length - 1);
    const size = shape[axis]!;
    const parts = [1, 2, 3, size].filter((n) => n > 0 && size % n === 0);
    const first = chance.int(0, size);
    return { axis, numOrSizeSplits: chance.yes() ? chance.of(...parts) : [first, size - first] };
  }),
  StridedSlice: ofX(1, (chance, shape) => {
    const ends = (): number[] => shape.map((size) => chance.int(-size - 1, size + 1));
    return {
      begin: ends(),
      end: ends(),
      strides: shape.map(() => chance.of(1, 2, -1, -2)),
      beginMask: chance.int(0, 7),
      endMask: chance.int(0, 7),
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: 0,
    };
  }),
  TensorScatterUpdate: scatter(true),
  Tile: ofX(0, (chance, shape) => ({ reps: shape.map(() => chance.int(chance.yes(0.03) ? 0 : 1, 3)) })),
  Transpose: ofX(0, (chance, shape) => ({ perm: chance.shuffled(axesOf(shape)) })),
  Unique: (chance) => {
    const shape = chance.shape(1, 3);
    const x = chance.tensor(shape, dtypeOf(chance), 'plain');
    return { inputs: { x }, attrs: { axis: chance.int(0, shape.length - 1) } };
  },
  Unpack: (chance) => {
    const shape = chance.shape(1, 4);
    const value = draw(chance, shape);
    return {
      inputs: { value },
      attrs: { axis: chance.int(0, shape.length - 1) },
      gradients: gradientsOf(value, 'value'),
    };
  },
};
