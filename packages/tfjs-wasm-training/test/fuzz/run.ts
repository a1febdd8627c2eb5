import {
  backend as activeBackend,
  engine,
  getGradient,
  setBackend,
  tensor as makeTensor,
  tidy,
  util,
  type DataType,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../src/backend.js';
import type { Literal } from './chance.js';

/** One call of a kernel. Inputs named '0', '1', ... are handed over as a list. */
export interface KernelCase {
  readonly inputs: Readonly<Record<string, Literal>>;
  readonly attrs?: NamedAttrMap;
  /** Inputs whose gradients are compared as well. */
  readonly gradients?: readonly string[];
}

/** A tensor that came out. */
export interface Result {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: ArrayLike<number | string>;
}

export type Outcome = readonly Result[] | { readonly error: string };

export const BACKENDS = ['cpu', 'wasm', 'torch'] as const;
export type BackendName = (typeof BACKENDS)[number];

export const isError = (outcome: Outcome): outcome is { readonly error: string } => 'error' in outcome;

/** In the place of the gradients that TensorFlow.js itself refuses. */
const REFUSED = 'refused gradient';

const literal = ({ values, shape, dtype }: Literal): Tensor => {
  if (dtype === 'string') return makeTensor(values as string[], [...shape], dtype);
  const array =
    dtype === 'float32'
      ? Float32Array.from(values as number[])
      : dtype === 'int32'
        ? Int32Array.from(values as number[])
        : Uint8Array.from(values as number[]);
  return makeTensor(array, [...shape], dtype);
};

const read = (name: string, tensor: Tensor): Result => ({
  name,
  shape: tensor.shape,
  dtype: tensor.dtype,
  values: tensor.dataSync().slice(),
});

/** Leaves rubbish in the memory that the next outputs will get, so that a value nobody wrote shows. */
function soil(): void {
  const backend = activeBackend() as unknown as WasmBackend;
  const sizes = [4, 16, 64, 256, 1024, 4096];
  const blocks = sizes.flatMap((size) => [1, 2, 3].map(() => backend.makeOutput([size], 'float32')));
  for (const block of blocks) backend.typedArrayFromHeap(block).fill(-123456.789);
  for (const block of blocks) backend.disposeData(block.dataId);
}

/** The outputs of a kernel, then the gradients of their weighted sum, on the active backend. */
function results(kernelName: string, { inputs, attrs = {}, gradients = [] }: KernelCase): Result[] {
  const entries = Object.entries(inputs).map(([name, value]) => [name, literal(value)] as const);
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  const call = (given: ReadonlyMap<string, Tensor>): Tensor[] => {
    const named = entries.map(([name, tensor]) => [name, given.get(name) ?? tensor] as const);
    const tensors = isList ? named.map(([, tensor]) => tensor) : Object.fromEntries(named);
    const out = engine().runKernel<Tensor | Tensor[]>(kernelName, tensors as NamedTensorMap, attrs);
    return Array.isArray(out) ? out : [out];
  };
  const outputs = call(new Map());
  const forward = outputs.map((tensor, i) => read(`output ${i}`, tensor));
  if (gradients.length === 0 || getGradient(kernelName) === (undefined as unknown)) return forward;
  const wanted = entries.filter(([name]) => gradients.includes(name));
  const weights = outputs.map((tensor) =>
    literal({
      shape: tensor.shape,
      dtype: 'float32',
      values: Array.from({ length: tensor.size }, (_, i) => ((i * 7) % 11) / 4 - 1.25),
    }),
  );
  const loss = (): Tensor => {
    const again = call(new Map(wanted));
    const sums = again.map((tensor, i) => tensor.cast('float32').mul(weights[i]!).sum());
    return sums.reduce((total, sum) => total.add(sum));
  };
  try {
    const { grads } = engine().gradients(
      loss,
      wanted.map(([, tensor]) => tensor),
    );
    return [...forward, ...grads.map((tensor, i) => read(`gradient of ${wanted[i]![0]}`, tensor))];
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return [...forward, { name: REFUSED, shape: [], dtype: 'string', values: ['an error'] }];
  }
}

/** Runs the cases on one backend, one after the other. What a case leaves behind is part of its outcome. */
export async function runCases(
  backendName: BackendName,
  kernelName: string,
  cases: readonly KernelCase[],
): Promise<Outcome[]> {
  await setBackend(backendName);
  return cases.map((each) => measured(backendName, () => results(kernelName, each)));
}

/** The outcome of `f` on a backend. */
export async function runOn(backendName: BackendName, f: () => Result[]): Promise<Outcome> {
  await setBackend(backendName);
  return measured(backendName, f);
}

/** The outcome of `f` on the active backend, with data that it leaves behind as an error. */
function measured(backendName: BackendName, f: () => Result[]): Outcome {
  if (backendName === 'wasm') soil();
  const before = engine().backend.numDataIds();
  let outcome: Outcome;
  try {
    outcome = tidy(f as unknown as () => Tensor) as unknown as Result[];
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  const left = engine().backend.numDataIds() - before;
  // A gradient that TensorFlow.js refuses leaves its forward pass behind, on every backend.
  if (left === 0 || outcome.some(({ name }) => name === REFUSED)) return outcome;
  return { error: `leaves ${left} pieces of data behind` };
}

interface Tolerated {
  /** Whether these two values may differ. */
  readonly allows?: ((want: number | string, got: number | string) => boolean) | undefined;
  readonly tolerance?: number;
}

/** Where two outcomes part, or undefined. The tolerance is relative to a value and to the largest of its tensor. */
export function difference(
  expected: Outcome,
  actual: Outcome,
  { allows = () => false, tolerance = 2e-5 }: Tolerated = {},
): string | undefined {
  if (isError(expected) && isError(actual)) return undefined;
  if (isError(expected)) return `cpu: ${expected.error}; wasm gives a result`;
  if (isError(actual)) return `wasm: ${actual.error}`;
  if (expected.length !== actual.length) return `${actual.length} outputs for ${expected.length}`;
  for (const [i, want] of expected.entries()) {
    const got = actual[i]!;
    if (!util.arraysEqual([...want.shape], [...got.shape])) {
      return `${want.name} has shape [${got.shape.join()}], [${want.shape.join()}] on cpu`;
    }
    if (want.dtype !== got.dtype) return `${want.name} is ${got.dtype}, ${want.dtype} on cpu`;
    if (want.values.length !== got.values.length) return `${want.name} has ${got.values.length} values`;
    const scale = Array.from(want.values).reduce<number>((largest, value) => {
      const size = Math.abs(Number(value));
      return Number.isFinite(size) ? Math.max(largest, size) : largest;
    }, 0.05);
    for (let j = 0; j < want.values.length; j++) {
      const [one, other] = [want.values[j]!, got.values[j]!];
      if (!near(one, other, scale, tolerance) && !allows(one, other)) {
        return `${want.name}, value ${j}: ${String(other)} on wasm, ${String(one)} on cpu`;
      }
    }
  }
  return undefined;
}

function near(want: number | string, got: number | string, scale: number, tolerance: number): boolean {
  if (want === got || (Number.isNaN(want) && Number.isNaN(got))) return true;
  if (typeof want === 'string' || typeof got === 'string') return false;
  return Math.abs(want - got) <= tolerance * Math.min(scale, Math.abs(want) + 0.05 * scale + 0.01);
}
