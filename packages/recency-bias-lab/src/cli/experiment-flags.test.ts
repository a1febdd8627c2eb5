import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addExperimentFlags, applyFlags, hasExperimentFlags } from './experiment-flags.js';
import type { ExperimentFlags } from './experiment-flags.js';

/** Flags as commander reads them. */
function parse(...args: string[]): ExperimentFlags {
  const command = addExperimentFlags(new Command(), 'several')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts();
}

describe('experiment flags', () => {
  it('override the fields of the file and leave the others', () => {
    const base = { dataset: { name: 'mnist', trainSize: 5 }, learningRate: 0.1, batchSize: 128, seeds: [1] };
    const flags = parse('--test-size', '7', '--lr-steps', '0.5:0.1,0.75:0.2', '--seeds', '3,4', '--nesterov');
    expect(applyFlags(base, flags)).toEqual({
      dataset: { name: 'mnist', trainSize: 5, testSize: 7 },
      learningRate: {
        initial: 0.1,
        steps: [
          [0.5, 0.1],
          [0.75, 0.2],
        ],
      },
      optimizer: { nesterov: true },
      batchSize: 128,
      seeds: [3, 4],
    });
    expect(base.dataset).toEqual({ name: 'mnist', trainSize: 5 });
  });

  it('say what is done to the training data', () => {
    const flags = parse(
      '--classes',
      '5',
      '--imbalance',
      '100',
      '--copies',
      '4',
      '--label-noise',
      '0.1:confusable',
    );
    expect(applyFlags({ dataset: 'mnist' }, flags)).toEqual({
      dataset: {
        name: 'mnist',
        classes: 5,
        imbalance: 100,
        copies: 4,
        labelNoise: { share: 0.1, to: 'confusable' },
      },
    });
    expect(applyFlags({}, parse('--label-noise', '0.05'))).toEqual({ dataset: { labelNoise: 0.05 } });
    expect(() => parse('--label-noise', 'some')).toThrow('Expected a number.');
  });

  it('put epochs in the place of iterations, and the other way round', () => {
    expect(applyFlags({ iterations: 100 }, parse('--epochs', '3'))).toEqual({ epochs: 3 });
    expect(applyFlags({ epochs: 3 }, parse('--iterations', '100'))).toEqual({ iterations: 100 });
  });

  it('name selectors by label, with options as JSON or plain text', () => {
    const { selector } = parse(
      '--selector',
      'random=uniform:order=batch',
      '--selector',
      'recency-bias:window=5',
    );
    expect(selector).toEqual({
      random: { name: 'uniform', options: { order: 'batch' } },
      'recency-bias': { name: 'recency-bias', options: { window: 5 } },
    });
  });

  it('name a model and a policy of augmentation, with options', () => {
    const flags = parse('--model', 'resnet:depth=20', '--augmentation', 'cifar:padding=2,contrast=[0.5,1.5]');
    expect(applyFlags({ model: { name: 'small-cnn', options: { channels: [4] } } }, flags)).toEqual({
      model: { name: 'resnet', options: { depth: 20 } },
      augmentation: { name: 'cifar', padding: 2, contrast: [0.5, 1.5] },
    });
    expect(applyFlags({}, parse('--model', 'densenet'))).toEqual({
      model: { name: 'densenet', options: {} },
    });
  });

  it('say what is expected of a value that cannot be read', () => {
    expect(() => parse('--epochs', 'many')).toThrow('Expected a number.');
    expect(() => parse('--lr-steps', '0.5')).toThrow('Expected when:factor pairs');
    expect(() => parse('--selector', '=uniform')).toThrow('Expected [label=]name[:option=value,...].');
    expect(() => parse('--model', ':depth=20')).toThrow('Expected name[:option=value,...].');
    expect(() => parse('--selector', 'uniform:order')).toThrow('Expected option=value, found "order".');
    expect(() => parse('--selector', 'a=uniform', '--selector', 'a=recency-bias')).toThrow(
      'The label a is used twice.',
    );
  });

  it('are told apart from none', () => {
    expect(hasExperimentFlags(parse())).toBe(false);
    expect(hasExperimentFlags(parse('--epochs', '3'))).toBe(true);
  });
});
