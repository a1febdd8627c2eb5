import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { torchStatus } from '../../src/index.js';

/**
 * Describes tests that need libtorch, on the backend `torch`. Without it they are skipped, with the reason in their title;
 * where CI is set they fail.
 */
export function describeWithTorch(title: string, tests: () => void): void {
  const status = torchStatus();
  if (!status.available) {
    if (process.env.CI === undefined) {
      describe.skip(`${title} (skipped: ${status.reason})`, tests);
    } else {
      it(`${title}: libtorch is there`, () => {
        expect(status).toMatchObject({ available: true });
      });
    }
    return;
  }
  describe(title, () => {
    beforeEach(async () => {
      await tf.setBackend('torch');
    });
    tests();
  });
}

/** The largest difference of two arrays, as a part of the second's largest value (of 1, if that is smaller). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let size = 1;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    size = Math.max(size, Math.abs(b));
    difference = Math.max(difference, Math.abs(a - b));
    if (Number.isNaN(difference)) return Infinity;
  }
  return difference / size;
}
