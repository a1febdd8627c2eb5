import {
  engine,
  getKernel,
  util,
  type BackendValues,
  type DataType,
  type KernelBackend,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TorchBackend } from '../tensor/backend.js';

const CPU = 'cpu';

/** The parts of TensorFlow.js's JavaScript backend that the copies need. */
interface CpuBackend extends KernelBackend {
  /** Makes its first tensor print advice to install another backend. */
  firstUse: boolean;
  data: { get(dataId: object): { complexTensorInfos?: { real: TensorInfo; imag: TensorInfo } } };
}

/** The JavaScript kernel `name`, or undefined if TensorFlow.js has none. */
export function cpuKernel(name: string): KernelConfig | undefined {
  // The declared type leaves out that an unknown kernel gives undefined.
  return getKernel(name, CPU);
}

/** How often each kernel ran in JavaScript so far. */
export const runsOnCpu = new Map<string, number>();

/**
 * Runs TensorFlow.js's JavaScript kernel on copies of the inputs and copies the results back.
 *
 * @throws Error if TensorFlow.js has no such kernel or its `cpu` backend is not loaded.
 */
export function runOnCpu(
  name: string,
  backend: TorchBackend,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
): TensorInfo | TensorInfo[] {
  const kernel = cpuKernel(name);
  // Null, whatever the declared type says, where the backend is not registered.
  const cpu = engine().findBackend(CPU) as CpuBackend | null;
  if (kernel === undefined || cpu === null) {
    throw new Error(
      `The torch backend computes '${name}' with TensorFlow.js's JavaScript kernel, which is not loaded; ` +
        `import '@tensorflow/tfjs' or '@tensorflow/tfjs-backend-cpu'.`,
    );
  }
  cpu.firstUse = false;
  runsOnCpu.set(name, (runsOnCpu.get(name) ?? 0) + 1);
  const made: TensorInfo[] = [];
  try {
    const copies: Record<string, TensorInfo | TensorInfo[]> = {};
    const copy = (tensor: TensorInfo): TensorInfo => {
      const copied = toCpu(cpu, backend, tensor);
      made.push(copied);
      return copied;
    };
    for (const [key, tensor] of Object.entries(inputs) as [string, Input][]) {
      if (tensor == null) continue;
      copies[key] = Array.isArray(tensor) ? tensor.map(copy) : copy(tensor);
    }
    const results = kernel.kernelFunc({ inputs: withLength(inputs, copies), attrs, backend: cpu });
    const list = Array.isArray(results) ? results : [results];
    for (const tensor of list) made.push(tensor);
    const outputs = list.map((tensor) => fromCpu(cpu, backend, tensor));
    return Array.isArray(results) ? outputs : outputs[0]!;
  } finally {
    for (const { dataId } of made) cpu.disposeData(dataId);
  }
}

/** An input of a kernel: an optional input may be missing, and kernels of ragged tensors take lists. */
type Input = TensorInfo | TensorInfo[] | undefined | null;

/** Kernels of a list get an array, and some ask for its length. */
function withLength(inputs: NamedTensorInfoMap, copies: Record<string, unknown>): NamedTensorInfoMap {
  return (Array.isArray(inputs) ? Object.values(copies) : copies) as NamedTensorInfoMap;
}

function toCpu(cpu: CpuBackend, backend: TorchBackend, tensor: TensorInfo): TensorInfo {
  const { dtype, shape } = tensor;
  const { content } = backend.data(tensor);
  if (content.kind !== 'complex') {
    const values = backend.readSync(tensor.dataId);
    // Some kernels ask for the rank, which only whole tensors have.
    return { dataId: cpu.write(values, shape, dtype), shape, dtype, rank: shape.length } as TensorInfo;
  }
  const dataId = cpu.write(new Float32Array(0), shape, dtype);
  const part = (info: TensorInfo): TensorInfo => toCpu(cpu, backend, { ...info, shape });
  cpu.data.get(dataId).complexTensorInfos = { real: part(content.real), imag: part(content.imag) };
  return { dataId, shape, dtype };
}

function fromCpu(cpu: CpuBackend, backend: TorchBackend, tensor: TensorInfo): TensorInfo {
  const { dtype, shape } = tensor;
  const parts = dtype === 'complex64' ? cpu.data.get(tensor.dataId).complexTensorInfos : undefined;
  if (parts !== undefined) {
    const part = (info: TensorInfo): TensorInfo => fromCpu(cpu, backend, { ...info, shape });
    return backend.complexOutput(part(parts.real), part(parts.imag));
  }
  const values = copyOf(cpu.readSync(tensor.dataId), dtype, util.sizeFromShape(shape));
  return { dataId: backend.write(values, shape, dtype), shape, dtype };
}

/**
 * Some JavaScript kernels answer with an array of another type than the dtype's, or with the input's own array, which
 * may be the user's.
 */
function copyOf(values: BackendValues, dtype: DataType, size: number): BackendValues {
  if (dtype === 'string') return (values as Uint8Array[]).slice();
  const numbers = values as Float32Array;
  const copy =
    dtype === 'int32'
      ? new Int32Array(size)
      : dtype === 'bool'
        ? new Uint8Array(size)
        : new Float32Array(size);
  copy.set(numbers.length === size ? numbers : numbers.subarray(0, size));
  return copy;
}
