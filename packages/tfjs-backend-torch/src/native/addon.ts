import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TypedArray } from '@tensorflow/tfjs-core';
import { sourceDigest } from '../../scripts/source-digest.mjs';

/** A native tensor, known to JavaScript by a number. */
export type Handle = number;

/** An argument of an operator; null where its schema allows none, undefined for the default. */
export type Argument = number | boolean | string | null | undefined | readonly Argument[];

/** The dtypes that have native tensors. */
export type NativeType = 'float32' | 'int32' | 'bool';

/** Native memory, in bytes. */
export interface NativeMemory {
  /** Tensors that JavaScript holds; views count. */
  tensors: number;
  /** Their memory; a view adds nothing. */
  bytes: number;
  peakBytes: number;
  /** Memory that libtorch uses on the CPU, with the temporaries of operators. */
  allocatedBytes: number;
  peakAllocatedBytes: number;
  /** Freed memory kept for reuse. */
  cachedBytes: number;
}

/** The libtorch in use. */
export interface Libtorch {
  /** The version that the addon was compiled for. */
  version: string;
  /** The version that is loaded; the same, or the addon is refused. */
  loadedVersion: string;
  /** Whether it was built with CUDA and sees a device. */
  cuda: boolean;
  onednn: boolean;
  /** Where tensors are made: `cpu`, `cuda:0`. */
  device: string;
}

/** The exports of the compiled addon. */
export interface Addon {
  resolve(name: string, overload: string): number;
  call(operator: number, ...args: Argument[]): unknown;
  fromTypedArray(values: TypedArray, shape: readonly number[], dtype: NativeType): Handle;
  toTypedArray(tensor: Handle): Float32Array | Int32Array | Uint8Array;
  shapeOf(tensor: Handle): number[];
  dtypeOf(tensor: Handle): string;
  /** Whether nobody else shares the tensor's memory. */
  isExclusive(tensor: Handle): boolean;
  dispose(...tensors: Handle[]): void;
  replace(tensor: Handle, by: Handle): void;
  memory(): NativeMemory;
  resetPeakMemory(): void;
  releaseCache(): void;
  getThreads(): number;
  setThreads(threads: number): void;
  setSeed(seed: number): void;
  setDevice(device: string): void;
  describe(): Libtorch;
}

const FILE = 'build/tfjs-torch.node';

/** Where the compiled addon is; TFJS_TORCH_ADDON names another place. */
function addonFile(): string {
  if (process.env.TFJS_TORCH_ADDON !== undefined) return process.env.TFJS_TORCH_ADDON;
  // Undefined, whatever the declared type says, where a bundler has made CommonJS of this module.
  const self = import.meta.url as string | undefined;
  const beside = self === undefined ? undefined : fileURLToPath(new URL(`../../${FILE}`, self));
  if (beside !== undefined && existsSync(beside)) return beside;
  // A bundler may have moved this module, but the package is installed.
  try {
    const require = createRequire(self ?? join(process.cwd(), 'index.js'));
    return join(dirname(require.resolve('tfjs-backend-torch/package.json')), FILE);
  } catch {
    return beside ?? FILE;
  }
}

const howToBuild =
  'install libtorch (`apt-get install libtorch-dev libopenblas0-pthread`, `pip install torch`, or set LIBTORCH) ' +
  'and run `npx tfjs-backend-torch-build` (`npm run build:native` in a checkout)';

let loaded: Addon | undefined;

/**
 * The addon, loaded once.
 *
 * @throws Error of one line, with what to do, if it is not built or does not fit the libtorch that is found.
 */
export function addon(): Addon {
  return (loaded ??= load(addonFile()));
}

/** Loads an addon from `file`; see {@link addon}. */
export function load(file: string): Addon {
  if (!existsSync(file)) {
    throw new Error(`The native addon of tfjs-backend-torch is not built: ${howToBuild}.`);
  }
  const build = readBuild(file);
  if (build !== undefined && isStale(build)) {
    throw new Error(
      'The native addon of tfjs-backend-torch was built from the sources of another version of the package: ' +
        `${howToBuild} again.`,
    );
  }
  // OpenMP's threads otherwise spin while they wait, which starves every other process; read when libgomp loads.
  process.env.OMP_WAIT_POLICY ??= 'passive';
  let found: Addon;
  try {
    found = createRequire(file)(file) as Addon;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    throw mismatch(build?.version ?? 'of an unknown version', reason, error);
  }
  const { version, loadedVersion } = found.describe();
  // Another version may load and crash later.
  if (version !== loadedVersion) throw mismatch(version, `it is ${loadedVersion}`);
  return found;
}

function mismatch(version: string, reason: string, cause?: unknown): Error {
  return new Error(
    `The native addon of tfjs-backend-torch, built for libtorch ${version}, does not load with the libtorch that is ` +
      `installed (${reason}): ${howToBuild} again.`,
    { cause },
  );
}

/** The notes of `build-native.mjs` beside the addon. */
interface Build {
  /** Of libtorch. */
  readonly version: string;
  /** Digest of the sources that it was compiled from; an addon without a digest is stale. */
  readonly sources?: string;
}

function readBuild(file: string): Build | undefined {
  try {
    return JSON.parse(readFileSync(join(dirname(file), 'libtorch.json'), 'utf8')) as Build;
  } catch {
    return undefined;
  }
}

/** Whether the sources beside this module are others; false where a bundler has moved it away from them. */
function isStale({ sources }: Build): boolean {
  const self = import.meta.url as string | undefined;
  if (self === undefined) return false;
  const folder = fileURLToPath(new URL('../../native', self));
  return existsSync(join(folder, 'addon.cc')) && sourceDigest(folder) !== sources;
}
