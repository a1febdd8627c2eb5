/** Backends without some of the kernels that training needs, and the package that adds them. */
const REMEDIES: Readonly<Record<string, string>> = {
  wasm: 'import tfjs-wasm-training before training (npm install tfjs-wasm-training)',
};

/** TensorFlow.js's message for a kernel that a backend has not. */
const MISSING = /Kernel '(\w+)' not registered for backend '(\w+)'/;

/** `error`, or, where a kernel is missing that a package adds, an error that says what to import. */
export function withKernelHint(error: unknown): unknown {
  const [, kernel, backend] = (error instanceof Error ? MISSING.exec(error.message) : null) ?? [];
  const remedy = backend === undefined ? undefined : REMEDIES[backend];
  if (remedy === undefined) return error;
  return new Error(
    `fit: the ${backend!} backend has no kernel ${kernel!}, which this model needs: ${remedy}.`,
    {
      cause: error,
    },
  );
}
