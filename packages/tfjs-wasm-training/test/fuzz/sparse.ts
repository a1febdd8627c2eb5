import { util } from '@tensorflow/tfjs-core';
import type { Chance, Literal } from './chance.js';
import type { Generator, Generators } from './elementwise.js';

const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Literal => ({
  shape,
  dtype: 'int32',
  values,
});

const segments: Generator = (chance) => {
  const shape = chance.shape(1, 3, false);
  const count = chance.int(1, 6);
  let segment = 0;
  const ids = chance.list(count, (i) => (segment += i === 0 ? 0 : chance.int(0, 2)));
  return {
    inputs: {
      data: chance.tensor(shape, chance.of('float32', 'int32'), 'plain'),
      indices: chance.indices([count], 0, shape[0]! - 1),
      segmentIds: ints(ids),
    },
  };
};

/** Sorted positions, without repetition, in a shape. */
function positions(chance: Chance, shape: readonly number[]): Literal {
  const size = util.sizeFromShape([...shape]);
  const flat = Array.from({ length: size }, (_, i) => i).filter(() => chance.yes(0.4));
  const strides = util.computeStrides([...shape]);
  const rows = flat.map((i) => util.indexToLoc(i, shape.length, strides));
  return ints(rows.flat(), [rows.length, shape.length]);
}

const words = ['a', 'be', 'sea', '', 'Ünï', 'a b', ' two  words ', '汉字'] as const;
const strings = (chance: Chance, count: number): Literal => ({
  shape: [count],
  dtype: 'string',
  values: chance.list(count, () => chance.of(...words)),
});

export const sparse: Generators = {
  // One class of a row has all the probability, as the random numbers of two backends differ.
  Multinomial: (chance) => {
    const [rows, classes] = [chance.int(1, 4), chance.int(2, 5)];
    const normalized = chance.yes();
    const values = chance.list(rows, () => {
      const sure = chance.int(0, classes - 1);
      return chance.list(classes, (i) => (i === sure ? 1 : 0)).map((p) => (normalized ? p : p * 1000));
    });
    return {
      inputs: { logits: { shape: [rows, classes], dtype: 'float32', values: values.flat() } },
      attrs: { numSamples: chance.int(1, 5), seed: chance.int(1, 99), normalized },
    };
  },
  SearchSorted: (chance) => {
    const [rows, columns] = [chance.int(1, 3), chance.int(1, 6)];
    const dtype = chance.of('float32', 'int32');
    const sorted = chance.list(rows, () =>
      chance.list(columns, () => chance.int(-4, 4)).sort((a, b) => a - b),
    );
    return {
      inputs: {
        sortedSequence: { shape: [rows, columns], dtype, values: sorted.flat() },
        values: chance.tensor([rows, chance.int(1, 5)], dtype, 'plain'),
      },
      attrs: { side: chance.of('left', 'right') },
    };
  },
  SparseFillEmptyRows: (chance) => {
    const denseShape = [chance.int(1, 4), chance.int(1, 4)];
    const indices = positions(chance, denseShape);
    const dtype = chance.of('float32', 'int32');
    return {
      inputs: {
        indices,
        values: chance.tensor([indices.shape[0]!], dtype, 'plain'),
        denseShape: ints(denseShape),
        defaultValue: chance.tensor([], dtype, 'plain'),
      },
    };
  },
  SparseReshape: (chance) => {
    const shape = [chance.int(1, 3), chance.int(1, 4), chance.int(1, 3)];
    const flat = [shape[0]! * shape[1]! * shape[2]!];
    const newShape = chance.of([shape[0]! * shape[1]!, shape[2]!], flat, [-1, shape[1]!], [shape[0]!, -1]);
    return {
      inputs: { inputIndices: positions(chance, shape), inputShape: ints(shape), newShape: ints(newShape) },
    };
  },
  SparseSegmentMean: segments,
  SparseSegmentSum: segments,
  SparseToDense: (chance) => {
    const outputShape = chance.shape(1, 3, false);
    const sparseIndices = positions(chance, outputShape);
    const dtype = chance.of('float32', 'int32');
    const one = chance.yes(0.3);
    return {
      inputs: {
        sparseIndices,
        sparseValues: chance.tensor(one ? [] : [sparseIndices.shape[0]!], dtype, 'plain'),
        defaultValue: chance.tensor([], dtype, 'plain'),
      },
      attrs: { outputShape },
    };
  },
  StringNGrams: (chance) => {
    const counts = chance.list(chance.int(1, 3), () => chance.int(0, 4));
    const splits = counts.reduce<number[]>((ends, count) => [...ends, ends.at(-1)! + count], [0]);
    return {
      inputs: { data: strings(chance, splits.at(-1)!), dataSplits: ints(splits) },
      attrs: {
        separator: '|',
        nGramWidths: chance.of([1], [2], [2, 3]),
        leftPad: chance.of('', 'L'),
        rightPad: chance.of('', 'R'),
        padWidth: chance.of(-1, 0, 1),
        preserveShortSequences: chance.yes(),
      },
    };
  },
  StringSplit: (chance) => ({
    inputs: {
      input: strings(chance, chance.int(1, 4)),
      delimiter: { shape: [], dtype: 'string', values: [chance.of(' ', '')] },
    },
    attrs: { skipEmpty: chance.yes() },
  }),
  StringToHashBucketFast: (chance) => ({
    inputs: { input: strings(chance, chance.int(1, 4)) },
    attrs: { numBuckets: chance.int(1, 20) },
  }),
  TopK: (chance) => {
    const shape = chance.shape(1, 3, false);
    return {
      inputs: { x: chance.tensor(shape, chance.of('float32', 'int32'), 'plain') },
      attrs: { k: chance.int(0, shape.at(-1)!), sorted: true },
    };
  },
  UnsortedSegmentSum: (chance) => {
    const shape = chance.shape(1, 3);
    const numSegments = chance.int(1, 5);
    return {
      inputs: {
        // The cpu backend multiplies with masks, which makes floats of integers and NaN of 0 times infinity.
        x: chance.tensor(shape, 'float32', 'finite'),
        segmentIds: chance.indices(shape.slice(0, 1), -1, numSegments),
      },
      attrs: { numSegments },
    };
  },
};
