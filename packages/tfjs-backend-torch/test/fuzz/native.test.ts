import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { addon, type Argument } from '../../src/native/addon.js';
import { describeWithTorch } from '../support/with-torch.js';
import type { Count } from './native.js';
import { targets } from './targets.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const CALLS = 100;

describeWithTorch('The addon takes any arguments without a crash:', () => {
  it('every entry point and own kernel gives a result or an error that says what is wrong', () => {
    // In a process of its own, which a crash would end.
    const file = fileURLToPath(new URL('native.ts', import.meta.url));
    const fuzzer = spawnSync(process.execPath, ['scripts/run.mjs', file, String(CALLS)], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(fuzzer.stderr).toBe('');
    expect(fuzzer.status).toBe(0);
    const counts = JSON.parse(fuzzer.stdout.trim().split('\n').at(-1)!) as Record<string, Count>;
    expect(Object.keys(counts)).toEqual(Object.keys(targets));
    for (const [name, { calls, errors }] of Object.entries(counts)) {
      expect(calls, name).toBe(CALLS);
      // The drawn arguments are right often enough that the computation itself is tried.
      expect(errors, name).toBeLessThan(0.95 * CALLS);
    }
  });

  it('every export of the addon is called', () => {
    const called = new Set(Object.values(targets).map(({ name }) => name as string));
    expect([...called].sort()).toEqual(Object.keys(addon()).sort());
  });

  it.each([33, 100])('%i tensors are split off and released at once', (count) => {
    const before = addon().memory().tensors;
    const sum = tf.tidy(() => {
      const pieces = tf.unstack(tf.add(tf.zeros([count, 2]), 1));
      expect(tf.split(tf.add(tf.zeros([count, 2]), 1), count)).toHaveLength(count);
      return tf.addN(pieces).dataSync()[0];
    });
    expect(sum).toBe(count);
    expect(addon().memory().tensors).toBe(before);
  });

  it('an LSTM runs over more than 32 time steps', () => {
    const y = tf.layers.lstm({ units: 3 }).apply(tf.ones([2, 40, 4])) as tf.Tensor;
    expect(y.shape).toEqual([2, 3]);
    expect(y.dataSync().every(Number.isFinite)).toBe(true);
  });

  it('a getter that calls the addon again is heard', () => {
    const native = addon();
    const x = native.fromTypedArray(new Float32Array(6), [2, 3], 'float32');
    const reshape = native.resolve('aten::reshape', '');
    const shape: Argument[] = [3, 2];
    Object.defineProperty(shape, 1, {
      get: () => {
        for (let i = 0; i < 1000; i++) native.resolve('aten::add', 'Tensor');
        native.dispose(x);
        return 2;
      },
    });
    const y = native.call(reshape, x, shape) as number;
    expect(native.shapeOf(y)).toEqual([3, 2]);
    native.dispose(y);
  });

  it('the shape that takes its own values away is refused', () => {
    const values = new Float32Array(1000);
    const shape = [1000];
    Object.defineProperty(shape, 0, {
      get: () => {
        structuredClone(values.buffer, { transfer: [values.buffer] });
        return 1000;
      },
    });
    expect(() => addon().fromTypedArray(values, shape, 'float32')).toThrow('1000 values, but 0 were given');
  });

  it.each([0, -1, 100_000, 2 ** 33])('%i threads are refused', (threads) => {
    expect(() => {
      addon().setThreads(threads);
    }).toThrow(/^threads is -?\d+; expected 1 to \d+ on this machine$/);
  });

  it('no tensor is released where one of them does not exist, or is given twice', () => {
    const native = addon();
    const x = native.fromTypedArray(new Float32Array(2), [2], 'float32');
    expect(() => {
      native.dispose(x, 1e6);
    }).toThrow('tensor 1000000 does not exist');
    expect(() => {
      native.dispose(x, x);
    }).toThrow(`tensor ${x} is given twice`);
    expect(native.shapeOf(x)).toEqual([2]);
    native.dispose(x);
  });

  it.each([1.5, NaN, Infinity, 2 ** 60])('%d is no integer', (value) => {
    expect(() => addon().shapeOf(value)).toThrow('expected an integer');
  });
});
