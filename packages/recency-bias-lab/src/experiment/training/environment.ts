/** Where and with what a run is made. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import type { Environment } from '../../records/schema.js';

const require = createRequire(import.meta.url);
const PACKAGES = [
  'recency-bias',
  'recency-bias-lab',
  'tfjs-wasm-training',
  'tfjs-backend-torch',
  '@tensorflow/tfjs',
] as const;

function versionOf(name: string): string {
  const { version } = require(`${name}/package.json`) as { version: string };
  return version;
}

/** Describes this process; `backend` is the backend in use. */
export function describeEnvironment(backend: string): Environment {
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    backend,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}
