import {
  backend_util,
  DataStorage,
  engine,
  KernelBackend,
  util,
  type BackendValues,
  type DataType,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import type { Deferred, TensorData } from './data.js';
import { addon, type Handle, type NativeMemory, type NativeType } from '../native/addon.js';
import { adopt, operator } from '../native/operator.js';

type DataId = TensorInfo['dataId'];

const reshape = operator('reshape');
const alias = operator('alias');

/** The smallest step TensorFlow.js adds to keep a logarithm or a quotient finite in float32. */
const EPSILON = 1e-7;

/** The fields that `tf.memory()` has under this backend only, in bytes. */
export interface TorchMemoryInfo {
  unreliable: boolean;
  native: NativeMemory;
}

/**
 * TensorFlow.js on libtorch. A tensor has the shape TensorFlow.js gives it (images are NHWC); its strides are free, so
 * a transposed tensor is a view and convolutions see NHWC as libtorch's channels-last format.
 */
export class TorchBackend extends KernelBackend {
  readonly #data: DataStorage<TensorData> = new DataStorage<TensorData>(this, engine());

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (dtype === 'complex64') {
      const { real, imag } = backend_util.splitRealAndImagArrays(values as Float32Array);
      const part = (v: Float32Array): TensorInfo => ({
        dataId: this.write(v, shape, 'float32'),
        shape,
        dtype: 'float32',
      });
      const content = { kind: 'complex', real: part(real), imag: part(imag) } as const;
      this.#data.set(dataId, { dtype, shape, refCount, content });
      return;
    }
    this.#data.set(dataId, { dtype, shape, refCount, content: { kind: 'values', values } });
  }

  /** A tensor over a native tensor, which it owns from now on; `stored` is the shape of the native tensor where it differs. */
  output(handle: Handle, shape: number[], dtype: DataType, stored: readonly number[] = shape): TensorInfo {
    const dataId = {};
    const content = { kind: 'native', handle: adopt(handle) } as const;
    this.#data.set(dataId, { dtype, shape: stored, refCount: 1, content });
    return { dataId, shape, dtype };
  }

  /** A tensor that is computed at its first use. */
  deferredOutput(deferred: Deferred, shape: number[], dtype: DataType): TensorInfo {
    const dataId = {};
    this.#data.set(dataId, { dtype, shape, refCount: 1, content: { kind: 'pending', deferred } });
    return { dataId, shape, dtype };
  }

  /** A tensor of complex numbers over its parts, which it owns from now on. */
  complexOutput(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const dataId = {};
    this.#data.set(dataId, {
      dtype: 'complex64',
      shape: real.shape,
      refCount: 1,
      content: { kind: 'complex', real, imag },
    });
    return { dataId, shape: real.shape, dtype: 'complex64' };
  }

  /** The same data once more, under any shape of its size. */
  share(tensor: TensorInfo, shape: number[] = tensor.shape): TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
  }

  /** The backend's record of a tensor's data. */
  data(tensor: TensorInfo): TensorData {
    return this.#data.get(tensor.dataId);
  }

  /** The native tensor of `tensor` in its shape; owned by the backend or by the current scope. */
  handle(tensor: TensorInfo): Handle {
    const data = this.#data.get(tensor.dataId);
    const handle = this.#native(data);
    return util.arraysEqual(data.shape as number[], tensor.shape) ? handle : reshape(handle, tensor.shape);
  }

  /** The native tensor under an owner of its own: a second handle to the same memory. */
  retain(handle: Handle): Handle {
    return adopt(alias(handle));
  }

  /** The native tensor of `tensor` if nobody else holds its memory, so that it may be changed in place. */
  exclusive(tensor: TensorInfo): Handle | undefined {
    const data = this.#data.get(tensor.dataId);
    if (data.refCount > 1 || !util.arraysEqual(data.shape as number[], tensor.shape)) return undefined;
    const handle = this.#native(data);
    return addon().isExclusive(handle) ? handle : undefined;
  }

  /** The pending operation behind a tensor whose values were not needed yet. */
  pending(tensor: TensorInfo): Deferred | undefined {
    const { content } = this.#data.get(tensor.dataId);
    return content.kind === 'pending' ? content.deferred : undefined;
  }

  /** The number in a tensor of one value that is still in JavaScript, else undefined. */
  knownScalar(tensor: TensorInfo): number | undefined {
    const { content } = this.#data.get(tensor.dataId);
    if (content.kind !== 'values' || content.values.length !== 1) return undefined;
    const value = content.values[0];
    return typeof value === 'number' ? value : undefined;
  }

  /** The native tensor of the data, made now where it has not been. */
  #native(data: TensorData): Handle {
    const { content, dtype } = data;
    if (content.kind === 'native') return content.handle;
    let handle: Handle;
    if (content.kind === 'pending') {
      // An error leaves it pending, for another try.
      handle = content.deferred.compute();
      data.content = { kind: 'native', handle };
      content.deferred.release();
      return handle;
    }
    if (content.kind === 'complex' || dtype === 'string' || dtype === 'complex64') {
      throw new TypeError(
        `A tensor of dtype ${dtype} cannot be given to libtorch; use float32, int32 or bool.`,
      );
    }
    handle = addon().fromTypedArray(typedArray(content.values as TypedArray, dtype), data.shape, dtype);
    data.content = { kind: 'native', handle };
    return handle;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, the CPU is not
  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override readSync(dataId: DataId): BackendValues {
    const data = this.#data.get(dataId);
    const { content } = data;
    if (content.kind === 'complex') {
      return backend_util.mergeRealAndImagArrays(
        this.readSync(content.real.dataId) as Float32Array,
        this.readSync(content.imag.dataId) as Float32Array,
      );
    }
    if (content.kind === 'values') return util.convertBackendValuesAndArrayBuffer(content.values, data.dtype);
    return addon().toTypedArray(this.#native(data));
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#data.has(dataId)) return true;
    const data = this.#data.get(dataId);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    this.#data.delete(dataId);
    const { content, companion } = data;
    if (companion !== undefined) addon().dispose(companion);
    if (content.kind === 'native') addon().dispose(content.handle);
    else if (content.kind === 'pending') content.deferred.release();
    else if (content.kind === 'complex') {
      this.disposeData(content.real.dataId);
      this.disposeData(content.imag.dataId);
    }
    return true;
  }

  override incRef(dataId: DataId): void {
    this.#data.get(dataId).refCount++;
  }

  override refCount(dataId: DataId): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).refCount : 0;
  }

  override numDataIds(): number {
    return this.#data.numDataIds();
  }

  override memory(): TorchMemoryInfo {
    return { unreliable: false, native: addon().memory() };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override time(f: () => void): Promise<{ kernelMs: number }> {
    const start = util.now();
    f();
    return Promise.resolve({ kernelMs: util.now() - start });
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return EPSILON;
  }

  override dispose(): void {
    // Each tensor is released with its data; nothing else is held.
  }
}

function typedArray(values: TypedArray, dtype: NativeType): TypedArray {
  if (dtype === 'float32') return values instanceof Float32Array ? values : new Float32Array(values);
  if (dtype === 'int32') return values instanceof Int32Array ? values : new Int32Array(values);
  return values instanceof Uint8Array ? values : new Uint8Array(values);
}
