import { backend_util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispose, run, withShape, type KernelCall, type WasmBackend } from '../backend.js';

/** A tensor whose axes carry labels, the numbers that the decoded equation gives them. */
interface Labelled {
  readonly tensor: TensorInfo;
  readonly labels: readonly number[];
}

/** Einstein summation of one or two tensors, as a sum, or as a batched matrix product between transpositions. */
export function einsum(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const tensors = Object.values(call.inputs) as TensorInfo[];
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
    attrs.equation as string,
    tensors.length,
  );
  // Of a tensor, the check reads the shape alone.
  backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as unknown[] as Tensor[]);
  const output = Array.from({ length: allDims.length - summedDims.length }, (_, label) => label);
  const [a, b] = tensors.map((tensor, i) => ({ tensor, labels: idDims[i]! }));
  if (b === undefined) return arrange(backend, a!, output);

  const shared = a!.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => output.includes(label));
  const contracted = shared.filter((label) => !output.includes(label));
  const free = (x: Labelled): number[] =>
    x.labels.filter((label) => output.includes(label) && !shared.includes(label));
  const rows = free(a!);
  const columns = free(b);

  const left = arrange(backend, a!, [...batch, ...rows, ...contracted]);
  const right = arrange(backend, b, [...batch, ...contracted, ...columns]);
  const sizes = new Map([...sizesOf(a!), ...sizesOf(b)]);
  const size = (labels: readonly number[]): number =>
    labels.reduce((product, label) => product * sizes.get(label)!, 1);
  const product = run(
    backend,
    'BatchMatMul',
    {
      a: withShape(left, [size(batch), size(rows), size(contracted)]),
      b: withShape(right, [size(batch), size(contracted), size(columns)]),
    },
    { transposeA: false, transposeB: false },
  );
  dispose(backend, left, right);
  const labels = [...batch, ...rows, ...columns];
  const shaped = withShape(
    product,
    labels.map((label) => sizes.get(label)!),
  );
  const result = arrange(backend, { tensor: shaped, labels }, output);
  dispose(backend, product);
  return result;
}

const sizesOf = ({ tensor, labels }: Labelled): [number, number][] =>
  labels.map((label, axis) => [label, tensor.shape[axis]!]);

/** Sums over the axes whose labels are not wanted and puts the others in the order asked for; a new tensor. */
function arrange(backend: WasmBackend, { tensor, labels }: Labelled, wanted: readonly number[]): TensorInfo {
  const axis = labels.flatMap((label, i) => (wanted.includes(label) ? [] : [i]));
  const kept = labels.filter((label) => wanted.includes(label));
  const summed =
    axis.length === 0
      ? run(backend, 'Identity', { x: tensor })
      : run(backend, 'Sum', { x: tensor }, { axis, keepDims: false });
  const perm = wanted.map((label) => kept.indexOf(label));
  if (perm.every((from, to) => from === to)) return summed;
  const arranged = run(backend, 'Transpose', { x: summed }, { perm });
  dispose(backend, summed);
  return arranged;
}
