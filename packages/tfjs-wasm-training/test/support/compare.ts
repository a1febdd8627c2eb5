import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import '../../src/index.js';

/** Numbers in [-1, 1) that are the same in every run (mulberry32). */
export function numbers(seed: number, length: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  });
}

/** A tensor of {@link numbers}. */
export function tensor(seed: number, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(numbers(seed, size), [...shape]);
}

/** Runs `f` on a backend and returns the values of the tensors it gives; nothing may be left behind. */
export async function on(backend: 'cpu' | 'wasm', f: () => tf.Tensor | tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory();
  const data = tf.engine().backend.numDataIds();
  const results = tf.tidy(f);
  const list = Array.isArray(results) ? results : [results];
  const values = list.map((result) => Float32Array.from(result.dataSync()));
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.engine().backend.numDataIds()).toBe(data);
  return values;
}

/** Expects `f` to give on wasm what it gives on cpu, to `tolerance` of the largest value of each tensor. */
export async function expectSameAsCpu(f: () => tf.Tensor | tf.Tensor[], tolerance = 1e-5): Promise<void> {
  const expected = await on('cpu', f);
  const actual = await on('wasm', f);
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, values] of expected.entries()) {
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
    for (const [j, value] of values.entries()) {
      const error = Math.abs(actual[i]![j]! - value);
      if (error <= tolerance * scale || Object.is(actual[i]![j], value)) continue;
      expect.fail(`output ${i}, value ${j}: ${actual[i]![j]!} on wasm, ${value} on cpu`);
    }
  }
}
