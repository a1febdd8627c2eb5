import type { Chance, Range } from './chance.js';
import type { Generator, Generators } from './elementwise.js';

const someAxes = (chance: Chance, rank: number): number[] => {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => chance.yes());
  return chance.yes(0.2) ? axes.map((axis) => axis - rank) : axes;
};

const reduction =
  (
    dtypes: readonly ('float32' | 'int32' | 'bool')[],
    axisName: string,
    empty: boolean,
    range: Range = 'any',
  ): Generator =>
  (chance) => {
    const shape = chance.shape(0, 5, empty);
    const dtype = chance.of(...dtypes);
    return {
      inputs: { x: chance.tensor(shape, dtype, range) },
      attrs: { [axisName]: someAxes(chance, shape.length), keepDims: chance.yes() },
      gradients: dtype === 'float32' ? ['x'] : [],
    };
  };

const argument: Generator = (chance) => {
  const shape = chance.shape(1, 5, false);
  return {
    inputs: { x: chance.tensor(shape, chance.of('float32', 'int32'), chance.of('any', 'plain')) },
    attrs: { axis: chance.int(0, shape.length - 1) },
  };
};

const cumulative: Generator = (chance) => {
  const shape = chance.shape(1, 5);
  return {
    inputs: { x: chance.tensor(shape, chance.of('float32', 'int32'), 'plain') },
    attrs: { axis: chance.int(0, shape.length - 1), exclusive: chance.yes(), reverse: chance.yes() },
    gradients: ['x'],
  };
};

const numbers = ['float32', 'float32', 'int32'] as const;

export const reductions: Generators = {
  // Of nothing, the cpu backend makes false, reading beyond the end of its array.
  All: reduction(['bool'], 'axis', false),
  Any: reduction(['bool'], 'axis', true),
  ArgMax: argument,
  ArgMin: argument,
  Bincount: (chance) => {
    const size = chance.int(1, 8);
    const shape = [chance.int(0, 20)];
    return {
      inputs: {
        x: chance.indices(shape, 0, size + 2),
        weights: chance.tensor(chance.yes() ? shape : [0], chance.of('float32', 'int32'), 'plain'),
      },
      attrs: { size },
    };
  },
  Cumprod: (chance) => ({ ...cumulative(chance), gradients: [] }),
  Cumsum: cumulative,
  DenseBincount: (chance) => {
    const size = chance.int(1, 8);
    const shape = chance.shape(1, 2);
    return {
      inputs: {
        x: chance.indices(shape, 0, size + 2),
        weights: chance.tensor(chance.yes() ? shape : [0], chance.of('float32', 'int32'), 'plain'),
      },
      // With one axis, the cpu backend does not look at `binaryOutput`.
      attrs: { size, binaryOutput: shape.length > 1 && chance.yes() },
    };
  },
  Max: reduction(numbers, 'reductionIndices', false),
  Mean: reduction(numbers, 'axis', true),
  Min: reduction(numbers, 'axis', false),
  Prod: reduction(numbers, 'axis', true, 'plain'),
  Softmax: (chance) => {
    const shape = chance.shape(1, 4);
    return {
      inputs: { logits: chance.tensor(shape) },
      attrs: { dim: shape.length - 1 },
      gradients: ['logits'],
    };
  },
  Sum: reduction(['float32', 'float32', 'int32', 'int32'], 'axis', true),
};
