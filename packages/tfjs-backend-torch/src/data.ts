import type { BackendValues, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Origin } from './fused/pending.js';
import type { Handle } from './native/addon.js';

/** What the backend knows of the data behind a `dataId`: one of values, handle, deferred and complex is there. */
export interface TensorData {
  readonly dtype: DataType;
  /** The shape of `handle`. A tensor that shares the data may have another of the same size. */
  readonly shape: readonly number[];
  refCount: number;
  /** Values from JavaScript not needed natively so far; strings stay here for good. */
  values?: BackendValues | undefined;
  /** The native tensor. Its strides are any; its shape is `shape`. */
  handle?: Handle | undefined;
  /** The native tensor has the memory layout that convolutions want for filters. */
  ownLayout?: boolean;
  /** A second result that the gradient of the kernel needs (the places of the maxima, of a max pooling). */
  companion?: Handle | undefined;
  /** The batch normalisation that the tensor came from, where its gradient may be fused with what follows. */
  origin?: Origin;
  /** Computes the native tensor when somebody needs it, if ever. */
  deferred?: Deferred | undefined;
  complex?: { real: TensorInfo; imag: TensorInfo } | undefined;
}

/** A tensor that is computed at its first use. */
export interface Deferred {
  /** The native tensor, to be owned by the caller. */
  compute(): Handle;
  /** Releases what the computation would need; called once, after `compute` or instead of it. */
  release(): void;
}
