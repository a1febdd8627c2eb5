/** Backends of TensorFlow.js for training in Node. */
import * as tf from '@tensorflow/tfjs';

/** Names that a resolved experiment can have. */
export type BackendName = 'torch' | 'wasm' | 'cpu';

/**
 * Each run has a process of its own: several threads in it would compete with the other runs, and a sum split over
 * threads may come out differently each time.
 */
const THREADS = 1;

/** How each backend is made ready. */
const starters: Readonly<Record<BackendName, () => Promise<void>>> = {
  torch: async () => {
    const { setThreads, torchStatus } = await import('tfjs-backend-torch');
    const status = torchStatus();
    if (!status.available) throw new Error(`backend: torch is not available: ${status.reason}`);
    setThreads(THREADS);
  },
  wasm: async () => {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    await import('tfjs-wasm-training');
    wasm.setThreadsCount(THREADS);
  },
  cpu: () => Promise.resolve(),
};

/** Whether a value names a backend. */
export function isBackendName(value: unknown): value is BackendName {
  return typeof value === 'string' && Object.hasOwn(starters, value);
}

/** The backend that `auto` means on this machine: libtorch where the addon has been built, else wasm and how to get the speed. */
export async function preferredBackend(): Promise<{ readonly name: BackendName; readonly advice?: string }> {
  const { torchStatus } = await import('tfjs-backend-torch');
  const status = torchStatus();
  return status.available
    ? { name: 'torch' }
    : { name: 'wasm', advice: `Faster with the backend torch, which is not available: ${status.reason}` };
}

/** Makes `name` the backend of this process. */
export async function startBackend(name: BackendName): Promise<void> {
  tf.enableProdMode(); // without advice about other packages
  await starters[name]();
  await tf.setBackend(name);
  await tf.ready();
  if (tf.getBackend() !== name)
    throw new Error(`backend: TensorFlow.js could not start ${name} on this machine`);
}
