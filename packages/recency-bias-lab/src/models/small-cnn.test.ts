import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { networkRegistry } from './registry.js';

const INPUT = { imageShape: [12, 12, 1], classes: 3, weightDecay: 0, seed: 5 } as const;

function build(
  changes: Partial<typeof INPUT> | { weightDecay: number; seed: number },
  channels = [4, 6],
): tf.LayersModel {
  return networkRegistry.get('small-cnn')!.create({ ...INPUT, ...changes }, { channels });
}

const weightsOf = (model: tf.LayersModel): number[][] => model.getWeights().map((w) => [...w.dataSync()]);

describe('small-cnn', () => {
  it('ends in one logit a class', () => {
    const model = build({});
    expect(model.outputs[0]!.shape).toEqual([null, 3]);
    expect(model.getLayer('classes').getConfig().activation).toBe('linear');
  });

  it('starts from the same parameters for the same seed, and from others for another', () => {
    expect(weightsOf(build({}))).toEqual(weightsOf(build({})));
    expect(weightsOf(build({ weightDecay: 0, seed: 6 }))).not.toEqual(weightsOf(build({})));
  });

  it('draws convolution kernels after He, truncated: variance 0.774 * 2 / fan-in', () => {
    const kernel = build({}, [8, 64]).getLayer('conv2').getWeights()[0]!;
    const values = kernel.dataSync();
    const variance = [...values].reduce((sum, v) => sum + v * v, 0) / values.length;
    // A normal distribution truncated at two standard deviations has 0.774 of its variance; 4,608 values give it
    // with a standard error of some 2 %.
    const ratio = variance / (0.774 * (2 / (9 * 8)));
    expect(ratio).toBeGreaterThan(0.93);
    expect(ratio).toBeLessThan(1.07);
  });

  it('adds weightDecay * w to the gradient of the kernels, and nothing to that of biases and normalisation', () => {
    const model = build({ weightDecay: 0.3, seed: 5 });
    const grads = tf.variableGrads(() => tf.addN(model.calculateLosses())).grads;
    const decayed = Object.entries(grads).filter(([, g]) => g.abs().sum().dataSync()[0]! > 0);
    expect(decayed.map(([name]) => name.replace(/_\d+$/, '')).sort()).toEqual([
      'classes/kernel',
      'conv1/kernel',
      'conv2/kernel',
    ]);
    for (const [name, gradient] of decayed) {
      const weight = model.weights.find((w) => w.originalName === name || w.name === name)!.read();
      const expected = [...weight.dataSync()].map((w) => 0.3 * w);
      gradient.dataSync().forEach((g, i) => {
        expect(g).toBeCloseTo(expected[i]!, 5);
      });
    }
  });

  it('has 29,402 parameters for MNIST with the default channels', () => {
    const entry = networkRegistry.get('small-cnn')!;
    const model = entry.create({ ...INPUT, imageShape: [28, 28, 1], classes: 10 }, entry.options.parse({}));
    expect(model.countParams()).toBe(29_402);
  });

  it('says when the images are too small for its poolings', () => {
    expect(() => build({}, [2, 2, 2, 2])).toThrow(
      'model.options.channels: 4 poolings need images of at least 16 x 16, but these are 12 x 12',
    );
  });
});
