/** Makes modules of the user's share the lab's TensorFlow.js and selectors, wherever they lie. */
import type { ResolveHook } from 'node:module';

const SHARED = /^(recency-bias|recency-bias-lab|@tensorflow\/tfjs)(\/|$)/;

/** Two copies of TensorFlow.js would not know each other's layers. */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  nextResolve(specifier, SHARED.test(specifier) ? { ...context, parentURL: import.meta.url } : context);
