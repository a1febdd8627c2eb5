import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DATA_SIZES, parsedPreset, resolvedPreset } from '../../../test/support/presets.js';
import { readExperimentFile, readPresetText } from './experiment-file.js';
import { presetNames, presetPath } from './presets.js';
import { parseExperiment } from './resolve.js';

describe('presets', () => {
  it.each(presetNames())(
    '%s is a valid experiment, named after its path, with random batches in it',
    async (name) => {
      const experiment = await parsedPreset(name);
      expect(experiment.name).toBe(name.replaceAll('/', '-'));
      expect(experiment.description).toMatch(/\S/);
      expect(Object.values(experiment.selectors)[0]!.name).toBe('uniform');
    },
  );

  it.each(presetNames())('%s is printed as a file that says the same', async (name) => {
    const text = await readPresetText(name, 'preset');
    expect(text).not.toContain('extends:');
    expect(parse(text)).toEqual(await readExperimentFile(presetPath(name, 'preset')));
  });

  it.each(['mit67', 'food100'])('have the paper cell %s with the settings of the paper', async (data) => {
    expect(await parsedPreset(`paper/${data}-densenet121`)).toMatchObject({
      model: { name: 'pretrained', options: { backbone: 'network' } },
      augmentation: { name: 'none' },
      optimizer: { name: 'momentum', momentum: 0.9 },
      learningRate: { initial: 2e-4, steps: [] },
      batchSize: 32,
      epochs: 50,
      warmupEpochs: 15,
      window: 10,
    });
  });

  it.each([
    ['paper/mit67-densenet121', /dataset\.path: is missing; .* give --data-path/],
    [
      'scaled/fashion-from-mnist',
      /model\.options\.backbone: is missing; expected a name, address or path; give --backbone/,
    ],
  ])('%s says which flag gives what it leaves open', async (name, message) => {
    const input = await readExperimentFile(presetPath(name, 'preset'));
    expect(() => parseExperiment(input, name)).toThrow(message);
  });

  const cells = ['mnist', 'cifar10', 'cifar100', 'tiny-imagenet'].flatMap((data) =>
    ['densenet40', 'resnet50'].flatMap((model) =>
      ['momentum', 'sgd'].map((optimizer) => [data, model, optimizer] as const),
    ),
  );
  it.each(cells)(
    'have the paper cell %s, %s, %s with the settings of the paper',
    async (data, model, optimizer) => {
      const experiment = await resolvedPreset(`paper/${data}-${model}-${optimizer}`);
      const steps = Math.ceil(DATA_SIZES[data]!.trainSize / 128);
      const { selectors, ...settings } = experiment;
      expect(settings).toMatchObject({
        dataset: { name: data, trainSize: DATA_SIZES[data]!.trainSize },
        model: { options: { depth: model === 'densenet40' ? 40 : 50 } },
        optimizer: optimizer === 'sgd' ? { name: 'sgd' } : { name: 'momentum', momentum: 0.9 },
        learningRate: {
          initial: 0.1,
          steps: [
            [0.5, 0.1],
            [0.75, 0.1],
          ],
        },
        batchSize: 128,
        epochs: Math.ceil(40_000 / steps),
        warmupEpochs: 15,
        seeds: [1, 2, 3],
      });
      expect(selectors['recency-bias']!.options).toMatchObject({
        window: 10,
        selectionPressure: 100,
        warmupEpochs: 15,
      });
      expect(Object.keys(selectors)).toEqual(['random', 'online-batch', 'active-bias', 'recency-bias']);
    },
  );
});
