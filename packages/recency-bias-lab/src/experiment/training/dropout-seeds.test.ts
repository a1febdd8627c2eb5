import * as tf from '@tensorflow/tfjs';
import { torchStatus } from 'tfjs-backend-torch';
import { describe, expect, it } from 'vitest';
import { networkRegistry } from '../../models/registry.js';
import { startBackend } from '../../ground/backend.js';
import type { BackendName } from '../../ground/backend.js';
import { DropoutSeeds } from './dropout-seeds.js';

// Locally the addon may be missing; in CI it must not.
const backends: BackendName[] =
  torchStatus().available || process.env.CI === 'true' ? ['wasm', 'torch'] : ['wasm'];

function densenet(dropout: number): tf.LayersModel {
  const input = { imageShape: [8, 8, 1], classes: 3, weightDecay: 0, seed: 1 } as const;
  return networkRegistry.get('densenet')!.create(input, { depth: 7, growthRate: 4, dropout });
}

describe.each(backends)('DropoutSeeds on %s', (backend) => {
  /** The network's output in training, seeded for a step. */
  async function outputs(seed: number, at: readonly (readonly [number, number])[]): Promise<number[][]> {
    await startBackend(backend);
    const model = densenet(0.5);
    const seeds = await DropoutSeeds.create(model, seed, backend);
    const x = tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', 3);
    const values = at.map(([epoch, step]) => {
      seeds.seedStep(epoch, step);
      return tf.tidy(() => [...(model.apply(x, { training: true }) as tf.Tensor).dataSync()]);
    });
    x.dispose();
    model.dispose();
    return values;
  }

  it('gives a step the same masks whatever was drawn before, and each step, epoch and seed its own', async () => {
    const [first, other, later] = await outputs(5, [
      [2, 7],
      [2, 8],
      [3, 7],
    ]);
    const [alone] = await outputs(5, [[2, 7]]);
    const [elsewhere] = await outputs(6, [[2, 7]]);
    expect(alone).toEqual(first);
    const all = [first, other, later, elsewhere].map((values) => values!.join(' '));
    expect(new Set(all).size).toBe(4);
  });

  it('drops other values in each layer', async () => {
    await startBackend(backend);
    const model = densenet(0.5);
    const seeds = await DropoutSeeds.create(model, 1, backend);
    seeds.seedStep(0, 0);
    const layers = model.layers.filter((layer) => layer.getClassName() === 'Dropout');
    expect(layers.map(({ name }) => name)).toEqual([
      'block1-layer1-conv-dropout',
      'transition1-conv-dropout',
      'block2-layer1-conv-dropout',
      'transition2-conv-dropout',
      'block3-layer1-conv-dropout',
    ]);
    const masks = layers.map((layer) =>
      tf.tidy(() => [...(layer.apply(tf.ones([1, 10, 10, 1]), { training: true }) as tf.Tensor).dataSync()]),
    );
    expect(new Set(masks.map((mask) => mask.join(''))).size).toBe(5);
    const kept = masks.flat().filter((value) => value !== 0).length;
    expect(Math.abs(kept - 250)).toBeLessThan(70); // six standard deviations
    model.dispose();
  });
});

describe('densenet', () => {
  it('has no dropout layer unless asked for one', () => {
    expect(densenet(0).layers.some((layer) => layer.getClassName() === 'Dropout')).toBe(false);
  });
});
