/** Messages between the page and its worker. */
import type { LiveUpdate } from 'recency-bias/live';

export type Backend = 'wasm' | 'webgl';

/** To the worker. */
export type Order =
  { readonly kind: 'train'; readonly backend: Backend } | { readonly kind: 'stop' | 'forget' };

/** From the worker. */
export type News =
  | { readonly kind: 'update'; readonly update: LiveUpdate }
  | { readonly kind: 'begun'; readonly afterEpoch: number }
  | { readonly kind: 'ended'; readonly epochs: number; readonly of: number; readonly loss: number | null }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'failed'; readonly message: string };
