// Registers TensorFlow.js's wasm backend as it is published.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { reuseCompiledModules } from './reuse-compiled-modules.js';

const resolve = createRequire(`${process.cwd()}/`).resolve;
// In a bundle the backend would look for its binaries beside the bundle.
setWasmPaths(`${dirname(resolve('@tensorflow/tfjs-backend-wasm'))}/`);
reuseCompiledModules();
