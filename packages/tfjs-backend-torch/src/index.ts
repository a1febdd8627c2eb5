/**
 * TensorFlow.js on libtorch, PyTorch's C++ library. `import 'tfjs-backend-torch'` registers the backend `torch`.
 *
 * @packageDocumentation
 */
import { registerTorchBackend } from './register.js';

export { type Libtorch, type NativeMemory } from './native/addon.js';
export { type TorchMemoryInfo } from './tensor/backend.js';
export { registerTorchBackend, torchStatus, type TorchStatus } from './register.js';
export { getThreads, releaseMemory, resetPeakMemory, setDevice, setSeed, setThreads } from './settings.js';

registerTorchBackend();
