/**
 * Training on TensorFlow.js's WebAssembly backend. `import 'tfjs-wasm-training'` is all it takes: the gradient
 * kernels that the backend lacks are registered, and slow kernels are replaced.
 *
 * @packageDocumentation
 */
import { registerWasmTraining } from './register.js';

export { registerWasmTraining };

registerWasmTraining();
