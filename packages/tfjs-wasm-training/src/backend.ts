import {
  getKernel,
  util,
  type DataType,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** The name under which TensorFlow.js knows its WebAssembly backend. */
export const WASM = 'wasm';

/** The members of the backend that the kernels use. */
export type WasmBackend = Pick<
  BackendWasm,
  'wasm' | 'dataIdMap' | 'makeOutput' | 'typedArrayFromHeap' | 'disposeData' | 'incRef'
>;

/** The call of a kernel as TensorFlow.js makes it, on the WebAssembly backend. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: WasmBackend;
}

/** A kernel of one output. */
export type Kernel = (call: KernelCall) => TensorInfo;

/**
 * The tensor given as input `name`.
 * @throws RangeError when it is missing
 */
export function input(call: KernelCall, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (tensor === undefined) throw new RangeError(`The kernel expects an input named '${name}'.`);
  return tensor;
}

/** Runs a registered kernel of one output on tensors that are not tracked by the engine. */
export function run(
  backend: WasmBackend,
  name: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap = {},
): TensorInfo {
  // The declared type leaves out that an unknown kernel gives undefined.
  const config = getKernel(name, WASM) as ReturnType<typeof getKernel> | undefined;
  if (config === undefined) throw new Error(`The wasm backend has no kernel '${name}'.`);
  const out = config.kernelFunc({ inputs, attrs, backend });
  if (Array.isArray(out)) throw new Error(`The kernel '${name}' has several outputs; one was expected.`);
  return out;
}

/** A view of the same data under another shape; it owns nothing and must not be disposed. */
export function withShape(tensor: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

/** A tensor of zeros. */
export function zeros(backend: WasmBackend, shape: number[], dtype: DataType): TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  if (util.sizeFromShape(shape) > 0) backend.typedArrayFromHeap(out).fill(0);
  return out;
}

/**
 * The values of a float32 tensor, in place. A later allocation may move the heap and detach the view: make
 * every output first, then take the views.
 */
export function floats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const values = backend.typedArrayFromHeap(tensor);
  if (!(values instanceof Float32Array)) throw new TypeError(`Expected float32, not ${tensor.dtype}.`);
  return values;
}

/** The whole heap as floats, which copies between tensors without a view for each; see {@link floats}. */
export function heapOf(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  return new Float32Array(floats(backend, tensor).buffer);
}

/** The values of an int32 tensor, in place; see {@link floats}. */
export function ints(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  const values = backend.typedArrayFromHeap(tensor);
  if (!(values instanceof Int32Array)) throw new TypeError(`Expected int32, not ${tensor.dtype}.`);
  return values;
}

/** Frees intermediate tensors. */
export function dispose(backend: WasmBackend, ...tensors: TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
}
