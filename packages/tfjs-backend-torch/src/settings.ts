import { addon } from './native/addon.js';

let cpu = true;

/** The threads that libtorch uses inside one operator. */
export function getThreads(): number {
  return addon().getThreads();
}

/**
 * Sets the threads that libtorch uses inside one operator; the number of cores is the default.
 *
 * @throws RangeError unless it is a positive integer; Error above the most that the machine gets: four for each core, and
 *   16 at least.
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads is ${threads}; expected a positive integer.`);
  }
  addon().setThreads(threads);
}

/**
 * Where tensors are made from now on: `cpu` (default), or `cuda`, `cuda:1` where the libtorch found has it. Set it before
 * the first tensor is made.
 *
 * @throws Error if this libtorch cannot use the device.
 */
export function setDevice(device: string): void {
  addon().setDevice(device);
  cpu = addon().describe().device === 'cpu';
}

/** Whether tensors are made on the CPU. */
export function onCpu(): boolean {
  return cpu;
}

/**
 * Seeds libtorch's random numbers, which `tf.layers.dropout` without a seed of its own draws. They differ from run to run
 * otherwise. All other random numbers are TensorFlow.js's.
 *
 * @throws RangeError unless it is a non-negative safe integer.
 */
export function setSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed is ${seed}; expected a non-negative integer below 2^53.`);
  }
  addon().setSeed(seed);
}

/** Starts the measurement of peak memory anew; see `tf.memory()`. */
export function resetPeakMemory(): void {
  addon().resetPeakMemory();
}

/** Gives the memory that is kept for the next step back to the system. */
export function releaseMemory(): void {
  addon().releaseCache();
}
