import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import { disposeProblem, inputs, sparseMlp, twoInTwoOut, weightsOf } from '../../test/support/models.js';
import { probe, returning } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

onCpuWithoutLeaks();

describe('a mistake in the arguments is one clear line, before training', () => {
  const selector = probe();
  const cases: [string, unknown, string][] = [
    ['no arguments', undefined, 'args is missing; give at least {selector, epochs}'],
    ['no selector', { epochs: 1 }, 'args.selector must be a selector factory such as recencyBias'],
    ['no epochs', { selector }, 'args.epochs is missing; give the number of epochs'],
    ['half an epoch', { selector, epochs: 0.5 }, 'args.epochs is 0.5; it must be an integer of at least 1'],
    ['batches of none', { selector, epochs: 1, batchSize: 0 }, 'args.batchSize is 0; it must be'],
    [
      'a negative seed',
      { selector, epochs: 1, seed: -1 },
      'args.seed is -1; it must be an integer from 0 to 4294967295',
    ],
    [
      'a slip in a name',
      { selector, epochs: 1, batchsize: 8 },
      "unknown argument args.batchsize. Did you mean 'batchSize'?",
    ],
    ['an unknown name', { selector, epochs: 1, zzzzzzzz: 8 }, 'unknown argument args.zzzzzzzz.'],
    [
      'steps per epoch',
      { selector, epochs: 1, stepsPerEpoch: 3 },
      'args.stepsPerEpoch is not supported: the selector ends the epoch',
    ],
    [
      'an order',
      { selector, epochs: 1, shuffle: false },
      "the selector decides the order; use uniform({ order: 'sequential' })",
    ],
    [
      'a split of everything',
      { selector, epochs: 1, validationSplit: 1 },
      'args.validationSplit is 1; expected a number in [0, 1)',
    ],
    [
      'a split that leaves nothing',
      { selector, epochs: 1, validationSplit: 0.99 },
      'leaves none of 10 samples',
    ],
    [
      'weighted validation',
      { selector, epochs: 1, validationData: [1, 2, 3] },
      'args.validationData must be [xs, ys]',
    ],
    [
      'a late start',
      { selector, epochs: 1, initialEpoch: 2 },
      'args.initialEpoch is 2; it must be an integer from 0 to 1',
    ],
    [
      'a checkpoint that saves nothing',
      { selector, epochs: 1, checkpoint: {} },
      'args.checkpoint.save must be a function',
    ],
    [
      'a state of something else',
      { selector, epochs: 1, resume: { epoch: 1 } },
      'args.resume must be a state that checkpoint.save received',
    ],
    [
      'a state beyond the end',
      { selector, epochs: 1, resume: { version: 1, epoch: 2 } },
      'the resumed run has 2 complete epochs already',
    ],
    [
      'an output that is not there',
      { selector, epochs: 1, watch: 'no' },
      /watch is 'no', but the model's outputs are "dense_\w+"/,
    ],
  ] as [string, unknown, string][];
  it.each(cases)('%s', async (_, args, message) => {
    const problem = sparseMlp(10);
    const weights = await weightsOf(problem.model);
    await expect(fit(problem.model, problem.xs, problem.ys, args as FitArgs)).rejects.toThrow(message);
    expect(await weightsOf(problem.model)).toEqual(weights);
    disposeProblem(problem);
  });

  it('data of the wrong kind or shape', async () => {
    const problem = sparseMlp(10);
    const args = { epochs: 1, selector };
    const short = inputs([9]);
    const wide = inputs([10, 7]);
    await expect(fit(problem.model, ['a'] as unknown as tf.Tensor, problem.ys, args)).rejects.toThrow(
      'xs must be a tensor, or a list or map of tensors',
    );
    await expect(fit(problem.model, problem.xs, undefined as unknown as tf.Tensor, args)).rejects.toThrow(
      'ys must be a tensor',
    );
    await expect(fit(problem.model, problem.xs, short, args)).rejects.toThrow(
      '10 input sample(s) and 9 target',
    );
    await expect(fit(problem.model, wide, problem.ys, args)).rejects.toThrow('example has shape [6]');
    await expect(
      fit(problem.model, problem.xs, problem.ys, {
        ...args,
        validationData: [problem.xs as tf.Tensor, short],
      }),
    ).rejects.toThrow('10 input sample(s) and 9 target');
    await expect(
      fit(problem.model, problem.xs, problem.ys, { ...args, classWeight: { 0: 1, 1: 1 } }),
    ).rejects.toThrow('The class 2 exists in the data but not in classWeight');
    await expect(
      fit(problem.model, { size: 0, batch: () => ({ xs: wide, ys: short }) }, args),
    ).rejects.toThrow('dataset.size is 0');
    await expect(
      fit(
        problem.model,
        { size: 4, batch: () => ({ xs: wide, ys: short }) },
        { ...args, validationSplit: 0.5 },
      ),
    ).rejects.toThrow('with a data set give validationData');
    tf.dispose([short, wide]);
    disposeProblem(problem);
  });

  it('a model that is no model, is not compiled, has several outputs, or is being trained', async () => {
    const args = { epochs: 1, selector };
    const several = twoInTwoOut(10);
    await expect(fit({} as unknown as tf.LayersModel, several.xs, several.ys, args)).rejects.toThrow(
      'model must be a tf.LayersModel',
    );
    const learning = { ...args, selector: probe({ signals: ['loss'] }) };
    await expect(fit(several.model, several.xs, several.ys, learning)).rejects.toThrow(
      'the model has 2 outputs ("kind", "amount"); name the one that the selector watches with watch.',
    );
    const running = fit(several.model, several.xs, several.ys, { ...args, watch: 0 });
    await expect(fit(several.model, several.xs, several.ys, { ...args, watch: 0 })).rejects.toThrow(
      'the model is being trained by another call',
    );
    await running;
    const bare = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
    await expect(fit(bare, several.xs, several.ys, args)).rejects.toThrow('the model is not compiled');
    bare.dispose();
    disposeProblem(several);
  });
});

describe('a selector that breaks the contract is named', () => {
  it.each([
    [
      'an index beyond the data',
      () => ({ indices: Int32Array.of(10) }),
      'selector "odd" returned sample index 10; expected [0, 10)',
    ],
    ['a negative index', () => ({ indices: Int32Array.of(-1) }), 'returned sample index -1'],
    [
      'an empty batch',
      () => ({ indices: new Int32Array() }),
      'returned a batch of 0 samples; expected 1 to 4, or null',
    ],
    ['too large a batch', () => ({ indices: Int32Array.of(0, 1, 2, 3, 4) }), 'returned a batch of 5 samples'],
    ['a plain array', () => ({ indices: [0] }), 'returned indices that are no Int32Array'],
    [
      'too few weights',
      () => ({ indices: Int32Array.of(0, 1), weights: Float32Array.of(1) }),
      'returned 1 weights for 2 samples',
    ],
  ])('%s', async (_, selection, message) => {
    const problem = sparseMlp(10);
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 1, batchSize: 4, selector: returning(selection) }),
    ).rejects.toThrow(message);
    disposeProblem(problem);
  });
});
