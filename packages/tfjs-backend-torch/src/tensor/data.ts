import type { BackendValues, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';

/** A tensor that is computed at its first use. */
export interface Deferred {
  /** The native tensor, to be owned by the caller. */
  compute(): Handle;
  /** Releases the inputs of the computation; called once, after `compute` or instead of it. */
  release(): void;
}

/** The identity of a batch normalisation, by which results that came from it are known. */
export interface Origin {
  readonly normalization: object;
  /** No value is below this. */
  readonly low: number;
}

/** Values from JavaScript not needed natively so far; strings stay here for good. */
export interface Values {
  readonly kind: 'values';
  readonly values: BackendValues;
}

/** A native tensor. Its strides are any; its shape is the data's. */
export interface Native {
  readonly kind: 'native';
  readonly handle: Handle;
}

/** A tensor that is computed when somebody needs it, if ever. */
export interface Pending {
  readonly kind: 'pending';
  readonly deferred: Deferred;
}

/** Complex numbers by their parts. */
export interface Complex {
  readonly kind: 'complex';
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/** The backend's record of the data behind a `dataId`. */
export interface TensorData {
  readonly dtype: DataType;
  /** The shape of the native tensor. A tensor that shares the data may have another of the same size. */
  readonly shape: readonly number[];
  refCount: number;
  /** Where the numbers are; native once a kernel has needed them. */
  content: Values | Native | Pending | Complex;
  /** The native tensor has the memory layout that convolutions want for filters. */
  ownLayout?: boolean;
  /** A second result that the gradient of the kernel needs (the places of the maxima, of a max pooling). */
  companion?: Handle;
  /** The batch normalisation that the tensor came from, where its gradient may be fused with that of the next layer. */
  origin?: Origin;
}
