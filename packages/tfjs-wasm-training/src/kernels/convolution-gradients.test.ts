import * as tf from '@tensorflow/tfjs';
import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectSameAsCpu, on, tensor } from '../../test/support/compare.js';
import type { WasmBackend } from '../backend.js';

type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  batch: number;
  height: number;
  width: number;
  channels: number;
  outputs: number;
  filter: [number, number];
  strides: [number, number];
  pad: Pad;
}

const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });

const pads: fc.Arbitrary<Pad> = fc.oneof(
  fc.constantFrom<Pad>('same', 'valid'),
  upTo(3, 0),
  fc.tuple(upTo(4, 0), upTo(4, 0), upTo(4, 0), upTo(4, 0)).map(([t, b, l, r]): Pad => [
    [0, 0],
    [t, b],
    [l, r],
    [0, 0],
  ]),
);

/** Odd sizes, single channels and single samples come often, as the ranges are small. */
const cases = fc.record<Case>({
  batch: upTo(3),
  height: upTo(11, 4),
  width: upTo(11, 4),
  channels: upTo(18),
  outputs: upTo(18),
  filter: fc.tuple(upTo(4), upTo(4)),
  strides: fc.tuple(upTo(3), upTo(3)),
  pad: pads,
});

const settings = { seed: 2020, numRuns: 60 };

function run(name: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as never);
}

describe('the gradients of conv2d', () => {
  const shapes = (c: Case): { x: number[]; filter: number[]; dy: number[] } => {
    const x = [c.batch, c.height, c.width, c.channels] as [number, number, number, number];
    const filter = [...c.filter, c.channels, c.outputs] as [number, number, number, number];
    return { x, filter, dy: tf.backend_util.computeConv2DInfo(x, filter, c.strides, 1, c.pad).outShape };
  };

  it('agree with the cpu backend for the filter over strides, paddings and sizes', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { x, filter, dy } = shapes(c);
        const attrs = { strides: c.strides, pad: c.pad, dataFormat: 'NHWC', filterShape: filter };
        await expectSameAsCpu(() =>
          run('Conv2DBackpropFilter', { x: tensor(1, x), dy: tensor(2, dy) }, attrs),
        );
      }),
      settings,
    );
  });

  it('agree with the cpu backend for the input over strides, paddings and sizes', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { x, filter, dy } = shapes(c);
        const attrs = { strides: c.strides, pad: c.pad, dataFormat: 'NHWC', inputShape: x };
        await expectSameAsCpu(() =>
          run('Conv2DBackpropInput', { dy: tensor(2, dy), filter: tensor(3, filter) }, attrs),
        );
      }),
      settings,
    );
  });

  it('agree over many images, whose blocks are summed in several steps', async () => {
    await expectSameAsCpu(() => {
      const x = tensor(1, [20, 14, 14, 5]) as tf.Tensor4D;
      const filter = tensor(2, [3, 3, 5, 9]) as tf.Tensor4D;
      const f = (x: tf.Tensor4D, w: tf.Tensor4D): tf.Scalar => tf.conv2d(x, w, 1, 'same').square().sum();
      return tf.grads(f as (...xs: tf.Tensor[]) => tf.Tensor)([x, filter]);
    });
  });

  it('are also found for images with the channels first', async () => {
    const channelsFirst = await on('wasm', () => {
      const x = tf.transpose(tensor(1, [2, 6, 7, 3]) as tf.Tensor4D, [0, 3, 1, 2]);
      const w = tensor(2, [3, 3, 3, 4]) as tf.Tensor4D;
      const f = (w: tf.Tensor): tf.Tensor =>
        tf
          .conv2d(x, w as tf.Tensor4D, 1, 'same', 'NCHW')
          .square()
          .sum();
      return tf.grad(f)(w);
    });
    const channelsLast = await on('wasm', () => {
      const x = tensor(1, [2, 6, 7, 3]) as tf.Tensor4D;
      const w = tensor(2, [3, 3, 3, 4]) as tf.Tensor4D;
      return tf.grad((w) =>
        tf
          .conv2d(x, w as tf.Tensor4D, 1, 'same')
          .square()
          .sum(),
      )(w);
    });
    expect(channelsFirst).toEqual(channelsLast);
  });

  it('refuse dilations, as they do on every backend', async () => {
    await tf.setBackend('wasm');
    const x = tensor(1, [1, 5, 5, 1]) as tf.Tensor4D;
    const w = tensor(2, [2, 2, 1, 1]);
    const f = (w: tf.Tensor): tf.Tensor => tf.conv2d(x, w as tf.Tensor4D, 1, 'same', 'NHWC', 2).sum();
    expect(() => tf.grad(f)(w)).toThrow(/dilation/);
    tf.dispose([x, w]);
  });
});

describe('without SIMD', () => {
  it('the kernels give the same results by other ways', async () => {
    await tf.setBackend('wasm');
    const real = tf.backend() as unknown as WasmBackend;
    // The backend as it would be if its memory were out of reach.
    const hidden = new Set<string | symbol>(['asm', 'wasmMemory']);
    const wasm = new Proxy(real.wasm, {
      get: (target, key): unknown => (hidden.has(key) ? undefined : Reflect.get(target, key)),
    });
    const backend = Object.create(real, { wasm: { value: wasm } }) as WasmBackend;
    const before = real.dataIdMap.numDataIds();
    tf.tidy(() => {
      const x = tensor(1, [2, 7, 6, 4]);
      const filter = [3, 2, 4, 3];
      const dy = tensor(2, [2, 4, 3, 3]);
      const perChannel = { mean: tensor(3, [4]), variance: tensor(4, [4]).abs(), scale: tensor(5, [4]) };
      const conv = { strides: 2, pad: 'same', dataFormat: 'NHWC' };
      const window = { filterSize: 2, strides: 2, pad: 'same' };
      const calls: [string, Record<string, tf.Tensor>, NamedAttrMap][] = [
        ['Conv2DBackpropFilter', { x, dy }, { ...conv, filterShape: filter }],
        ['Conv2DBackpropInput', { dy, filter: tensor(6, filter) }, { ...conv, inputShape: x.shape }],
        ['Sum', { x }, { axis: [0, 1, 2], keepDims: false }],
        ['FusedBatchNorm', { x, ...perChannel }, { varianceEpsilon: 0.1 }],
        ['TrainingBatchNormGrad', { x, dy: x, ...perChannel }, { varianceEpsilon: 0.1 }],
        ['TrainingReluGrad', { dy: tensor(7, x.shape), x }, {}],
        ['MaxPoolGrad', { dy: tensor(8, [2, 4, 3, 4]), input: x, output: x }, window],
      ];
      for (const [name, inputs, attrs] of calls) {
        const { kernelFunc } = tf.getKernel(name, 'wasm');
        const results = [real, backend].map((backend) =>
          [kernelFunc({ inputs, attrs, backend })].flat().map((tensor) => {
            const values = Array.from(real.typedArrayFromHeap(tensor));
            real.disposeData(tensor.dataId);
            return values;
          }),
        );
        for (const [i, values] of results[0]!.entries()) {
          for (const [j, value] of values.entries()) expect(results[1]![i]![j], name).toBeCloseTo(value, 4);
        }
      }
    });
    expect(real.dataIdMap.numDataIds()).toBe(before);
  });
});

describe('the gradients of depthwiseConv2d', () => {
  const depthwise = fc.record({
    batch: upTo(3),
    height: upTo(10, 4),
    width: upTo(10, 4),
    channels: upTo(18),
    multiplier: upTo(3),
    filter: fc.tuple(upTo(3), upTo(3)),
    strides: fc.tuple(upTo(3), upTo(3)),
    pad: fc.constantFrom<'same' | number>('same', 1, 2),
  });

  it('agree with the cpu backend over strides, multipliers and sizes', async () => {
    await fc.assert(
      fc.asyncProperty(depthwise, async (c) => {
        const x = [c.batch, c.height, c.width, c.channels] as [number, number, number, number];
        const filter = [...c.filter, c.channels, c.multiplier] as [number, number, number, number];
        const dy = tf.backend_util.computeConv2DInfo(
          x,
          filter,
          c.strides,
          1,
          c.pad,
          undefined,
          true,
        ).outShape;
        const attrs = { strides: c.strides, dilations: 1, pad: c.pad, filterShape: filter, inputShape: x };
        await expectSameAsCpu(() => [
          run('DepthwiseConv2dNativeBackpropFilter', { x: tensor(1, x), dy: tensor(2, dy) }, attrs),
          run('DepthwiseConv2dNativeBackpropInput', { dy: tensor(2, dy), filter: tensor(3, filter) }, attrs),
        ]);
      }),
      settings,
    );
  });

  // The cpu backend leaves the dilation out of these gradients; the identity <dy, conv(x, w)> = <dw, w> does not.
  it('are the transposes of the forward pass with dilations, too', async () => {
    const [products] = await on('wasm', () => {
      const x = tensor(1, [2, 9, 8, 3]) as tf.Tensor4D;
      const w = tensor(2, [3, 2, 3, 2]) as tf.Tensor4D;
      const y = tf.depthwiseConv2d(x, w, 1, 'same', 'NHWC', [2, 3]);
      const dy = tensor(3, y.shape);
      const attrs = { strides: 1, dilations: [2, 3], pad: 'same', filterShape: w.shape, inputShape: x.shape };
      const dw = run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, attrs);
      const dx = run('DepthwiseConv2dNativeBackpropInput', { dy, filter: w }, attrs);
      return tf.stack([dy.mul(y).sum(), dw.mul(w).sum(), dx.mul(x).sum()]);
    });
    expect(products![1]).toBeCloseTo(products![0]!, 3);
    expect(products![2]).toBeCloseTo(products![0]!, 3);
  });
});
