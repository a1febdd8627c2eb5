import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { backboneLayers } from '../../test/support/backbones.js';
import { passagesOf, splitNetwork } from './split-network.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The small backbone with all layers up to one frozen. */
function frozenUntil(name: string): tf.LayersModel {
  const network = backboneLayers();
  const last = network.layers.findIndex((layer) => layer.name === name);
  for (const layer of network.layers.slice(0, last + 1)) layer.trainable = false;
  return network;
}

describe('splitNetwork', () => {
  it.each(['stem-norm', 'project-norm', 'add'])(
    'gives two parts that do together what the network does, frozen up to %s',
    async (until) => {
      const network = frozenUntil(until);
      const { front, rest, shape } = splitNetwork(network)!;
      expect(shape).toEqual(front.outputs[0]!.shape.slice(1));
      const images = tf.randomUniform([3, 16, 16, 3], 0, 1, 'float32', 7);
      const whole = network.predict(images) as tf.Tensor;
      const features = front.predict(images) as tf.Tensor;
      const parts = rest.predict(features) as tf.Tensor;
      expect(Array.from(await parts.data())).toEqual(Array.from(await whole.data()));
      expect(rest.countParams() + front.countParams()).toBe(network.countParams());
    },
  );

  it('cuts where every way leads through, not inside a residual connection', () => {
    expect(splitNetwork(frozenUntil('depthwise-norm'))!.layer).toBe('stem-relu');
  });

  it('takes layers without weights along, but none that draws random numbers', () => {
    expect(splitNetwork(frozenUntil('add'))!.layer).toBe('average');
  });

  it('trains the weights of the network by training the rest', () => {
    const network = frozenUntil('add');
    const { rest } = splitNetwork(network)!;
    const classes = network.getLayer('classes');
    rest.setWeights(rest.getWeights().map((weight) => tf.onesLike(weight)));
    expect(Array.from(classes.getWeights()[0]!.dataSync()).every((value) => value === 1)).toBe(true);
  });

  it('gives nothing where nothing with weights is frozen', () => {
    expect(splitNetwork(backboneLayers())).toBeUndefined();
    expect(splitNetwork(frozenUntil('pad'))).toBeUndefined();
  });
});

describe('passagesOf', () => {
  it('are the layers that every way leads through', () => {
    const names = passagesOf(backboneLayers()).map(({ name }) => name);
    expect(names).toEqual(['pad', 'stem', 'stem-norm', 'stem-relu', 'add', 'average', 'dropout', 'classes']);
  });
});
