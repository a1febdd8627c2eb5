import type { Chance, Literal } from './chance.js';
import type { Generator, Generators } from './elementwise.js';

const images = (chance: Chance, special = true): Literal =>
  chance.tensor(
    [chance.int(1, 2), chance.int(1, 6), chance.int(1, 6), chance.int(1, 4)],
    'float32',
    special ? 'any' : 'plain',
  );

const resize: Generator = (chance) => {
  const alignCorners = chance.yes(0.4);
  const size = chance.int(2, 6);
  const dtype = chance.of('float32', 'float32', 'int32');
  return {
    inputs: { images: chance.tensor([1, size, size, chance.int(1, 4)], dtype, 'plain') },
    attrs: {
      alignCorners,
      halfPixelCenters: !alignCorners && chance.yes(),
      size: [chance.int(1, 8), chance.int(1, 8)],
    },
    gradients: dtype === 'float32' ? ['images'] : [],
  };
};

const resizeGradient: Generator = (chance) => {
  const size = chance.int(2, 6);
  const x = chance.tensor([1, size, size, chance.int(1, 4)], 'float32', 'plain');
  const dy = chance.tensor(
    [x.shape[0]!, chance.int(1, 8), chance.int(1, 8), x.shape[3]!],
    'float32',
    'plain',
  );
  return { inputs: { images: x, dy }, attrs: { alignCorners: chance.yes(0.4) } };
};

const boxes = (chance: Chance, count: number): Literal => {
  const values = chance.list(count, () => {
    const [y, x] = [chance.real() * 0.7, chance.real() * 0.7];
    return [y, x, y + 0.1 + chance.real() * 0.5, x + 0.1 + chance.real() * 0.5];
  });
  return { shape: [count, 4], dtype: 'float32', values: values.flat() };
};

const suppression =
  (attrs: (chance: Chance) => Record<string, number | boolean>): Generator =>
  (chance) => {
    const count = chance.int(1, 8);
    return {
      inputs: { boxes: boxes(chance, count), scores: chance.tensor([count], 'float32', 'unit') },
      attrs: {
        maxOutputSize: chance.int(1, 6),
        iouThreshold: chance.of(0.1, 0.3, 0.5),
        scoreThreshold: chance.of(0, 0.2, 0.5),
        ...attrs(chance),
      },
    };
  };

export const imageKernels: Generators = {
  CropAndResize: (chance) => {
    const image = images(chance, false);
    const method = chance.of('bilinear', 'nearest');
    const count = chance.int(1, 4);
    return {
      inputs: {
        image,
        boxes:
          method === 'nearest' || chance.yes()
            ? boxes(chance, count)
            : chance.tensor([count, 4], 'float32', 'plain'),
        boxInd: chance.indices([count], 0, image.shape[0]! - 1),
      },
      attrs: {
        cropSize: [chance.int(1, 5), chance.int(1, 5)],
        method,
        extrapolationValue: chance.of(0, 3),
      },
    };
  },
  FlipLeftRight: (chance) => ({ inputs: { image: images(chance) } }),
  NonMaxSuppressionV3: suppression(() => ({})),
  NonMaxSuppressionV4: suppression((chance) => ({ padToMaxOutputSize: chance.yes() })),
  NonMaxSuppressionV5: suppression((chance) => ({ softNmsSigma: chance.of(0, 0.5) })),
  ResizeBilinear: resize,
  ResizeBilinearGrad: resizeGradient,
  ResizeNearestNeighbor: resize,
  ResizeNearestNeighborGrad: resizeGradient,
  RotateWithOffset: (chance) => ({
    inputs: { image: images(chance) },
    attrs: {
      radians: chance.int(-6, 6) / 4 + 0.01,
      fillValue: chance.of<number | number[]>(0, 2, 0.5),
      center: chance.of<number | [number, number]>(0.5, [0.25, 0.75]),
    },
  }),
  Transform: (chance) => {
    const image = chance.tensor(
      [1, chance.int(1, 6), chance.int(1, 6), chance.int(1, 4)],
      'float32',
      'plain',
    );
    const rows = 1;
    const about = (centre: number, width: number): number => centre + (chance.real() - 0.5) * width;
    const values = chance.list(rows, () => [
      ...[about(1, 0.5), about(0, 0.5), about(0, 4), about(0, 0.5), about(1, 0.5), about(0, 4)],
      ...[0.001, 0.002],
    ]);
    return {
      inputs: { image, transforms: { shape: [rows, 8], dtype: 'float32', values: values.flat() } },
      attrs: {
        interpolation: chance.of('nearest', 'bilinear'),
        fillMode: chance.of('constant', 'reflect', 'wrap', 'nearest'),
        fillValue: chance.of(0, 1),
        ...(chance.yes() ? { outputShape: [chance.int(1, 6), chance.int(1, 6)] } : {}),
      },
    };
  },
};
