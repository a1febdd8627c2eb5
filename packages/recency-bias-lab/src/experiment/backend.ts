/** Backends of TensorFlow.js for training in Node. */
import * as tf from '@tensorflow/tfjs';

/** Names that a resolved experiment can have. */
export type BackendName = 'wasm' | 'cpu';

/** How each backend is made ready; the first is what `auto` means. */
const starters: Readonly<Record<BackendName, () => Promise<void>>> = {
  wasm: async () => {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    await import('tfjs-wasm-training');
    // Each run has a process of its own; several threads in it would compete with the other runs, and a sum split
    // over threads may come out differently each time.
    wasm.setThreadsCount(1);
  },
  cpu: () => Promise.resolve(),
};

/** Makes `name` the backend of this process. */
export async function startBackend(name: BackendName): Promise<void> {
  await starters[name]();
  await tf.setBackend(name);
  await tf.ready();
  if (tf.getBackend() !== name)
    throw new Error(`backend: TensorFlow.js could not start ${name} on this machine`);
}
