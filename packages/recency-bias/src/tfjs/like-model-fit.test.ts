import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import { onCpuWithoutLeaks } from '../../test/support/leaks.js';
import {
  binaryMlp,
  disposeProblem,
  inputs,
  oneHotCnn,
  sequenceModel,
  sparseMlp,
  twoInTwoOut,
  weightsOf,
} from '../../test/support/models.js';
import { probe } from '../../test/support/selectors.js';
import { fit } from './fit.js';
import type { FitArgs } from './types.js';

onCpuWithoutLeaks();

const selector = probe();

describe('fit takes what model.fit takes', () => {
  it('null, and empty validation data, for an argument that is not given', async () => {
    const problem = sparseMlp(10);
    const nulls = {
      validationData: null,
      batchSize: null,
      initialEpoch: null,
      shuffle: null,
      sampleWeight: null,
      stepsPerEpoch: null,
      validationSteps: null,
      callbacks: null,
    } as unknown as Partial<FitArgs>;
    const history = await fit(problem.model, problem.xs, problem.ys, { ...nulls, epochs: 1, selector });
    expect(history.history.loss).toHaveLength(1);
    await fit(problem.model, problem.xs, problem.ys, {
      epochs: 1,
      selector,
      validationData: [] as unknown as [tf.Tensor, tf.Tensor],
    });
    disposeProblem(problem);
  });

  it('a model with several outputs without `watch`, where the selector watches nothing', async () => {
    const problem = twoInTwoOut(10);
    const history = await fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector });
    expect(Object.keys(history.history)).toContain('kind_loss');
    disposeProblem(problem);
  });

  it('a loss over the rows of a batch together, where neither losses nor weights of samples are asked for', async () => {
    const run = async (ours: boolean): Promise<number[][]> => {
      const problem = binaryMlp(12);
      const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
        // Two rows would not do: it needs whole triplets.
        if (yPred.shape[0] !== 6) throw new Error(`${yPred.shape[0]} rows are no triplets`);
        return tf.mean(tf.square(tf.sub(yTrue, tf.reverse(yPred, 0))));
      };
      problem.model.compile({ optimizer: problem.model.optimizer, loss });
      const args = { epochs: 2, batchSize: 6 };
      if (ours) await fit(problem.model, problem.xs, problem.ys, { ...args, selector });
      else await problem.model.fit(problem.xs, problem.ys, { ...args, shuffle: false });
      const weights = await weightsOf(problem.model);
      disposeProblem(problem);
      return weights;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('a last layer whose configuration cannot be asked for', async () => {
    class Secret extends tf.layers.Layer {
      static className = 'SecretLayer';
      override call(given: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return Array.isArray(given) ? given[0]! : given;
      }
      override getConfig(): never {
        throw new Error('no configuration');
      }
    }
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3] }), new Secret()],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const problem = { model, xs: inputs([8, 3]), ys: inputs([8, 2]) };
    const history = await fit(model, problem.xs, problem.ys, { epochs: 1, selector });
    expect(history.epoch).toEqual([0]);
    disposeProblem(problem);
  });

  it('arrays of numbers and typed arrays, with the same result as tensors', async () => {
    const run = async (form: 'tensors' | 'nested' | 'typed'): Promise<number[][]> => {
      const problem = sparseMlp(10);
      const xs = problem.xs as tf.Tensor2D;
      const ys = problem.ys as tf.Tensor1D;
      const args = { epochs: 1, batchSize: 4, selector };
      if (form === 'tensors') await fit(problem.model, xs, ys, args);
      else if (form === 'nested') await fit(problem.model, xs.arraySync(), ys.arraySync(), args);
      else await fit(problem.model, xs.dataSync() as Float32Array, ys.dataSync() as Float32Array, args);
      const weights = await weightsOf(problem.model);
      disposeProblem(problem);
      return weights;
    };
    const expected = await run('tensors');
    expect(await run('nested')).toEqual(expected);
    expect(await run('typed')).toEqual(expected);
  });

  it('tf.data.array, and tf.data.zip of it, with the same result as tensors', async () => {
    const run = async (form: 'tensors' | 'rows' | 'zip'): Promise<number[][]> => {
      const problem = sparseMlp(10);
      const xs = (problem.xs as tf.Tensor2D).arraySync();
      const ys = (problem.ys as tf.Tensor1D).arraySync();
      const args = { epochs: 2, batchSize: 4, selector };
      if (form === 'tensors') await fit(problem.model, problem.xs, problem.ys, args);
      else {
        const dataset =
          form === 'rows'
            ? tf.data.array(xs.map((row, i) => ({ xs: row, ys: ys[i]! })))
            : tf.data.zip({ xs: tf.data.array(xs), ys: tf.data.array(ys) });
        await fit(problem.model, dataset as unknown as tf.data.Dataset<tf.TensorContainer>, args);
      }
      const weights = await weightsOf(problem.model);
      disposeProblem(problem);
      return weights;
    };
    const expected = await run('tensors');
    expect(await run('rows')).toEqual(expected);
    expect(await run('zip')).toEqual(expected);
  });

  it('validation data as a data set, with the values of tensors', async () => {
    const run = async (asDataset: boolean): Promise<unknown> => {
      const problem = sparseMlp(12);
      const rows = tf.tidy(() => {
        const xs = (problem.xs as tf.Tensor2D).arraySync();
        const ys = (problem.ys as tf.Tensor1D).arraySync();
        return xs.map((row, i) => ({ xs: row, ys: [ys[i]!] }));
      });
      const validationData = asDataset
        ? tf.data.array(rows).batch(32)
        : ([problem.xs, problem.ys] as [tf.Tensor, tf.Tensor]);
      const { history } = await fit(problem.model, problem.xs, problem.ys, {
        epochs: 2,
        selector,
        validationData,
      });
      disposeProblem(problem);
      return history;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe('an error of fit names its cause', () => {
  it('for a stream of tf.data, of known and of unknown size', async () => {
    const problem = sparseMlp(10);
    const batched = tf.data.array([{ xs: [0, 0, 0, 0, 0, 0], ys: 0 }]).batch(5);
    const generated = tf.data.generator(function* () {
      yield { xs: [0, 0, 0, 0, 0, 0], ys: 0 };
    });
    for (const dataset of [batched, generated]) {
      await expect(
        fit(problem.model, dataset as unknown as tf.data.Dataset<tf.TensorContainer>, {
          epochs: 1,
          selector,
        }),
      ).rejects.toThrow(
        'has no random access, which selection needs: give tensors, arrays, { size, batch(indices) }',
      );
    }
    disposeProblem(problem);
  });

  it('for callbacks of both kinds, and for a callback that throws while it is set up', async () => {
    const problem = sparseMlp(10);
    const stopping = tf.callbacks.earlyStopping({ monitor: 'loss' });
    for (const callbacks of [
      [stopping, { onEpochEnd: () => undefined }],
      [{ onEpochEnd: () => undefined }, stopping],
    ]) {
      const args = { epochs: 1, selector, callbacks: callbacks as tf.CustomCallbackArgs[] };
      await expect(fit(problem.model, problem.xs, problem.ys, args)).rejects.toThrow(
        'give instances or plain objects, not both',
      );
    }
    class Broken extends tf.Callback {
      override setParams(): void {
        throw new Error('no parameters for me');
      }
    }
    await expect(
      fit(problem.model, problem.xs, problem.ys, { epochs: 1, selector, callbacks: new Broken() }),
    ).rejects.toThrow('no parameters for me');
    disposeProblem(problem);
  });

  it('for a sequence: it has more than one label a sample', async () => {
    const problem = sequenceModel(6);
    await expect(
      fit(problem.model, problem.xs, problem.ys, {
        epochs: 1,
        selector: probe({ signals: ['predictedLabel'] }),
      }),
    ).rejects.toThrow('is a sequence or an image (shape [5, 3]), which has more than one label a sample');
    disposeProblem(problem);
  });

  it('for a kernel that wasm lacks: it says what to import', async () => {
    const problem = sparseMlp(10);
    const missing = new Error("Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'");
    const dataset = { size: 10, batch: () => Promise.reject(missing) };
    const error: unknown = await fit(problem.model, dataset, { epochs: 1, selector }).catch(
      (e: unknown) => e,
    );
    expect((error as Error).message).toContain('import tfjs-wasm-training before training');
    expect((error as Error).cause).toBe(missing);
    disposeProblem(problem);
  });
});

describe('a label that is no class is an error that names the sample', () => {
  const cases: [string, () => ReturnType<typeof sparseMlp>, (ys: tf.Tensor) => tf.Tensor, string][] = [
    [
      'a number beyond the classes',
      () => sparseMlp(10),
      (ys) => ys.add(ys.equal(2)),
      'is 3; expected an integer in [0, 3)',
    ],
    ['0 and 255 for one unit', () => binaryMlp(10), (ys) => ys.mul(255), 'is 255; output'],
    ['-1 and 1 for one unit', () => binaryMlp(10), (ys) => ys.mul(2).sub(1), 'is -1; output'],
    [
      'rows of zeros',
      () => oneHotCnn(8),
      (ys) => ys.mul(tf.tensor1d([1, 1, 1, 0])),
      'expected a row of zeros with a single 1',
    ],
    ['rows of 255', () => oneHotCnn(8), (ys) => ys.mul(255), 'expected a row of zeros with a single 1'],
  ];

  it.each(cases)('%s, of tensors and of a data set', async (_, make, spoil, message) => {
    const problem = make();
    const bad = tf.tidy(() => spoil(problem.ys as tf.Tensor));
    const args = { epochs: 1, batchSize: 4, selector };
    const before = await weightsOf(problem.model);
    await expect(fit(problem.model, problem.xs, bad, args)).rejects.toThrow(message);
    expect(await weightsOf(problem.model)).toEqual(before);
    const dataset = {
      size: bad.shape[0],
      batch: (at: Int32Array) =>
        tf.tidy(() => ({ xs: tf.gather(problem.xs as tf.Tensor, at), ys: tf.gather(bad, at) })),
    };
    await expect(fit(problem.model, dataset, args)).rejects.toThrow(message);
    bad.dispose();
    disposeProblem(problem);
  });

  it('but probabilities are labels, too, where the loss is a crossentropy', async () => {
    const problem = oneHotCnn(8);
    const smooth = tf.tidy(() => (problem.ys as tf.Tensor).mul(0.9).add(0.025));
    await fit(problem.model, problem.xs, smooth, {
      epochs: 1,
      selector: probe({ signals: ['trueClassProbability'] }),
    });
    smooth.dispose();
    disposeProblem(problem);
  });
});

describe('calls of one epoch each', () => {
  it('are warned of once where they lose something', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const problem = sparseMlp(10);
    const plain = { epochs: 1, selector };
    await fit(problem.model, problem.xs, problem.ys, plain);
    expect(warn).not.toHaveBeenCalled();
    await fit(problem.model, problem.xs, problem.ys, plain);
    await fit(problem.model, problem.xs, problem.ys, plain);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain('selection(selector, { epochs })');
    disposeProblem(problem);
    const counted = sparseMlp(10);
    for (let epoch = 0; epoch < 3; epoch++) {
      const args = { initialEpoch: epoch, epochs: epoch + 1, selector };
      await fit(counted.model, counted.xs, counted.ys, args);
    }
    expect(warn).toHaveBeenCalledTimes(1);
    disposeProblem(counted);
    warn.mockRestore();
  });
});
