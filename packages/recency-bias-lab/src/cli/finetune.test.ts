import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../experiment/document/resolve.js';
import type { Experiment } from '../experiment/document/schema.js';
import { newInput } from './finetune.js';
import type { FinetuneFlags } from './finetune.js';

async function experiment(flags: FinetuneFlags = {}): Promise<Experiment> {
  return parseExperiment((await newInput('photos', flags)).input);
}

const RATES = [0.003, 0.001, 0.0003];

describe('the experiment of finetune', () => {
  it('begins with a probe of 5 epochs, trains the whole network for 7, and has the warm-up and window of 12', async () => {
    const { probe, epochs, patience, model, warmupEpochs, selectors } = await experiment();
    expect(probe).toEqual({ epochs: 5, learningRates: RATES });
    expect([epochs, patience, warmupEpochs]).toEqual([12, 3, 2]);
    expect(model.options).toEqual({ backbone: 'mobilenet_v1_0.25_224' });
    expect(Object.keys(selectors)).toEqual(['recency-bias']);
  });

  it.each([
    [6, 3],
    [3, 1],
    [1, undefined],
  ])('of %i epochs gives the probe at most half', async (epochs, probed) => {
    expect((await experiment({ epochs })).probe?.epochs).toBe(probed);
  });

  it('trains the new layer alone with --freeze, at the rate and with the patience that are given', async () => {
    const frozen = await experiment({ freeze: true });
    expect([frozen.epochs, frozen.probe, frozen.patience]).toEqual([
      10,
      { epochs: 10, learningRates: RATES },
      undefined,
    ]);
    const given = await experiment({ freeze: true, epochs: 20, learningRate: 0.1, patience: 2 });
    expect([given.epochs, given.probe, given.patience]).toEqual([
      20,
      { epochs: 20, learningRates: [0.1] },
      2,
    ]);
  });

  it('has no probe where features cannot follow the images, or the network knows nothing yet', async () => {
    const changed = await experiment({ freeze: true, augmentation: { name: 'cifar', options: {} } });
    expect([changed.probe, changed.epochs]).toEqual([undefined, 10]);
    expect((await experiment({ model: { name: 'small-cnn', options: {} } })).probe).toBeUndefined();
    expect((await experiment({ recipe: 'paper' })).probe).toBeUndefined();
  });

  it('draws with less pressure than the paper, unless it is told otherwise', async () => {
    const pressure = async (flags: FinetuneFlags): Promise<unknown[]> =>
      Object.values((await experiment(flags)).selectors).map(({ options }) => options.selectionPressure);
    const selector = (name: string, options = {}): FinetuneFlags => ({
      selector: { own: { name, options } },
    });
    expect(await pressure({})).toEqual([10]);
    expect(await pressure(selector('recency-bias', { window: 5 }))).toEqual([10]);
    expect(await pressure(selector('recency-bias', { selectionPressure: 100 }))).toEqual([100]);
    expect(await pressure(selector('uniform'))).toEqual([undefined]);
    expect(await pressure({ recipe: 'paper' })).toEqual([undefined]);
  });
});
