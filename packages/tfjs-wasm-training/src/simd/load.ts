import type { WasmBackend } from '../backend.js';
import { assemble, type FunctionSource } from './assembler.js';

/** The parts used of the platform's WebAssembly object, whose types belong to the DOM library. */
interface Platform {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** A function that was assembled here; it takes addresses and sizes. */
export type SimdFunction = (...values: number[]) => void;

/** The functions of one source file, bound to the memory of one backend. */
export type SimdFunctions<Names extends string = string> = Readonly<Record<Names, SimdFunction>>;

interface Memory {
  readonly buffer: object;
}

/** Where the two builds of the backend keep their memory: single-threaded, then threaded. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: Memory };
  readonly wasmMemory?: Memory;
}

/**
 * The functions of `sources`, compiled on first use for the backend's memory; undefined where the platform has
 * no SIMD or the memory is out of reach, so that the caller takes another way. Each source file is a module of
 * its own: some browsers refuse to compile more than 4 kB at once on the main thread.
 */
export function loader<Names extends string>(
  sources: Readonly<Record<Names, FunctionSource>>,
): (backend: WasmBackend) => SimdFunctions<Names> | undefined {
  const loaded = new WeakMap<object, SimdFunctions<Names> | false>();
  return (backend) => {
    const known = loaded.get(backend.wasm);
    if (known !== undefined) return known || undefined;
    const functions = instantiate(backend, sources);
    loaded.set(backend.wasm, functions ?? false);
    return functions;
  };
}

function instantiate<Names extends string>(
  backend: WasmBackend,
  sources: Readonly<Record<Names, FunctionSource>>,
): SimdFunctions<Names> | undefined {
  const platform = (globalThis as unknown as { WebAssembly?: Platform }).WebAssembly;
  const module = backend.wasm as unknown as EmscriptenModule;
  const memory = module.wasmMemory ?? module.asm?.memory;
  if (platform === undefined || memory === undefined) return undefined;
  const shared = 'SharedArrayBuffer' in globalThis && memory.buffer instanceof SharedArrayBuffer;
  const bytes = assemble(sources, shared);
  if (!platform.validate(bytes)) return undefined;
  const instance = new platform.Instance(new platform.Module(bytes), { env: { memory } });
  return instance.exports as SimdFunctions<Names>;
}

/** Address of a tensor's first value. */
export function addressOf(backend: WasmBackend, tensor: { readonly dataId: object }): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}
