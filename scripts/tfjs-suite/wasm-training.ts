// Registers TensorFlow.js's wasm backend with this package's kernels.
import './wasm-stock.js';
import '../../packages/tfjs-wasm-training/src/index.js';
