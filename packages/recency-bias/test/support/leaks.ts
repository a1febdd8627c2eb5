import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';

/**
 * Runs a file's tests on the cpu backend and asserts after each that no tensor leaked; `accept` lets pass what has leaked
 * up to now, where that is TensorFlow.js's own doing.
 */
export function onCpuWithoutLeaks(): { accept(): void } {
  let before = 0;
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  beforeEach(() => {
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });
  return {
    accept: () => {
      before = tf.memory().numTensors;
    },
  };
}
