import { describe, expect, it } from 'vitest';
import { ExperimentError } from '../ground/experiment-error.js';
import { parseExperiment, resolveExperiment } from '../experiment/document/resolve.js';
import { describeAugmentation, isRandom, resolveAugmentation } from './policies.js';

const MINIMAL = { dataset: 'mnist', epochs: 20, selectors: { random: 'uniform' } };

describe('the field augmentation of an experiment', () => {
  const resolve = (augmentation?: unknown): unknown =>
    resolveExperiment(parseExperiment({ ...MINIMAL, ...(augmentation !== undefined && { augmentation }) }), {
      trainSize: 1000,
      testSize: 200,
      classes: 10,
    }).augmentation;

  it('is none unless it is given', () => {
    expect(resolve()).toEqual(resolve('none'));
    expect(isRandom(resolveAugmentation({ name: 'none' }))).toBe(false);
  });

  it('takes a policy by name and fills in its numbers', () => {
    expect(resolve('cifar')).toEqual({
      name: 'cifar',
      flip: true,
      padding: 4,
      hue: 0,
      brightness: 0,
      saturation: [1, 1],
      contrast: [1, 1],
      standardise: 'channel',
    });
    expect(resolve('authors')).toMatchObject({
      padding: 0,
      hue: 0.08,
      contrast: [0.2, 1.8],
      standardise: 'image',
    });
  });

  it('takes what is set over the policy, and its own result again', () => {
    const once = resolve({ name: 'cifar', padding: 2, standardise: 'image' });
    expect(once).toMatchObject({ name: 'cifar', flip: true, padding: 2, standardise: 'image' });
    expect(resolve(once)).toEqual(once);
  });

  it.each([
    ['cfar', 'augmentation.name: is "cfar"; expected none or cifar or authors'],
    [{ flipp: true }, 'augmentation.flipp: unknown field; did you mean flip?'],
    [{ hue: 0.7 }, 'augmentation.hue: is 0.7; expected at most 0.5'],
    [{ contrast: 2 }, 'augmentation.contrast: is 2; expected a pair of numbers'],
    [{ contrast: [2, 1] }, 'augmentation.contrast: is [2,1]; expected the lower limit first'],
  ])('says in one line what is wrong with %j', (augmentation, line) => {
    try {
      resolve(augmentation);
      expect.unreachable();
    } catch (error) {
      expect((error as ExperimentError).problems).toEqual([line]);
    }
  });
});

describe('an augmentation in words', () => {
  it.each([
    ['none', 'none; standardised by channel'],
    ['cifar', 'flip, crop with 4 pixels of padding; standardised by channel'],
    [
      'authors',
      'flip, hue +-0.08, brightness +-0.247, saturation 0.5-1.5, contrast 0.2-1.8; standardised by image',
    ],
  ] as const)('of the policy %s', (name, words) => {
    expect(describeAugmentation(resolveAugmentation({ name }))).toBe(words);
  });
});
