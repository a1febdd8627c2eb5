import {
  registerKernel,
  type DataType,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../tensor/backend.js';
import type { Handle } from '../native/addon.js';
import { scoped } from '../native/operator.js';
import { runOnCpu } from './fallback.js';

/** The name under which TensorFlow.js knows the backend. */
export const TORCH = 'torch';

/** One call of a kernel. */
export class KernelCall {
  constructor(
    readonly backend: TorchBackend,
    readonly inputs: NamedTensorInfoMap,
    readonly attrs: NamedAttrMap,
  ) {}

  /** The input `name`; throws a RangeError where it is missing. */
  input(name: string): TensorInfo {
    const tensor = this.inputs[name];
    if (tensor === undefined) throw new RangeError(`The kernel expects an input named '${name}'.`);
    return tensor;
  }

  /** The native tensor of the input `name`. */
  handle(name: string): Handle {
    return this.backend.handle(this.input(name));
  }

  /** All inputs, of kernels that take a list. */
  list(): TensorInfo[] {
    return Object.values(this.inputs as Record<string, TensorInfo>);
  }

  /** The attributes, of the type that tfjs-core declares for the kernel. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a cast with a name
  attributes<T>(): T {
    return this.attrs as unknown as T;
  }

  /** A result over a native tensor; see {@link TorchBackend.output}. */
  output(
    handle: Handle,
    shape: number[],
    dtype: DataType = 'float32',
    stored: readonly number[] = shape,
  ): TensorInfo {
    return this.backend.output(handle, shape, dtype, stored);
  }
}

/** Computes a kernel's result; undefined hands the case to the JavaScript kernel. */
export type KernelBody = (call: KernelCall) => TensorInfo | TensorInfo[] | undefined;

const native = (tensor: TensorInfo | undefined): boolean =>
  tensor === undefined || (tensor.dtype !== 'string' && tensor.dtype !== 'complex64');

/**
 * Registers a kernel. Tensors of strings and of complex numbers go to the JavaScript kernel of the same name, unless
 * the kernel takes `any` dtype.
 */
export function define(kernelName: string, body: KernelBody, any: 'any' | 'native' = 'native'): void {
  const kernelFunc = (call: {
    inputs: NamedTensorInfoMap;
    attrs?: NamedAttrMap;
    backend: unknown;
  }): TensorInfo | TensorInfo[] => {
    const { inputs, attrs = {} } = call;
    const backend = call.backend as TorchBackend;
    if (any === 'native' && !Object.values(inputs).every(native)) {
      return runOnCpu(kernelName, backend, inputs, attrs);
    }
    const result = scoped(() => body(new KernelCall(backend, inputs, attrs)));
    return result ?? runOnCpu(kernelName, backend, inputs, attrs);
  };
  registerKernel({ kernelName, backendName: TORCH, kernelFunc });
}
