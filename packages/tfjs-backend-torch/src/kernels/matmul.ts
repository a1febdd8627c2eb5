import { backend_util, type BatchMatMulAttrs, type _FusedMatMulAttrs } from '@tensorflow/tfjs-core';
import type { Handle } from '../native/addon.js';
import { operator } from '../native/operator.js';
import { activate } from './activation.js';
import { define, type KernelCall } from './define.js';

const matmul = operator('matmul');
const addmm = operator('addmm');
const add = operator('add.Tensor');
const transpose = operator('transpose.int');
const einsum = operator('einsum');

/** Registers matrix products. */
export function registerMatmulKernels(): void {
  define('BatchMatMul', (call) => {
    const { a, b, shape } = operands(call);
    return call.output(matmul(a, b), shape, call.input('a').dtype);
  });
  define('_FusedMatMul', (call) => {
    const { a, b, shape } = operands(call);
    const { activation, leakyreluAlpha } = call.attributes<_FusedMatMulAttrs>();
    const bias = call.inputs.bias;
    const product =
      bias === undefined
        ? matmul(a, b)
        : shape.length === 2 && bias.dtype === 'float32'
          ? addmm(call.backend.handle(bias), a, b, 1, 1)
          : add(matmul(a, b), call.backend.handle(bias), 1);
    return call.output(activate(call, product, activation, leakyreluAlpha), shape, call.input('a').dtype);
  });
  define('Einsum', (call) => {
    const { equation } = call.attributes<{ equation: string }>();
    const tensors = call.list();
    if (!tensors.every(({ dtype }) => dtype === 'float32')) return undefined;
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    const sizes: number[] = [];
    idDims.forEach((dims, i) => {
      dims.forEach((dim, j) => (sizes[dim] = tensors[i]!.shape[j]!));
    });
    const shape = sizes.filter((_, dim) => !summedDims.includes(dim));
    return call.output(
      einsum(
        equation,
        tensors.map((tensor) => call.backend.handle(tensor)),
      ),
      shape,
    );
  });
}

function operands(call: KernelCall): { a: Handle; b: Handle; shape: number[] } {
  const a = call.input('a');
  const b = call.input('b');
  const { transposeA, transposeB } = call.attributes<BatchMatMulAttrs>();
  const last = (shape: number[], i: number): number => shape[shape.length - i]!;
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = last(a.shape, transposeA ? 1 : 2);
  const inner = last(a.shape, transposeA ? 2 : 1);
  if (inner !== last(b.shape, transposeB ? 1 : 2)) {
    throw new Error(
      `Error in matMul: inner shapes (${inner}) and (${last(b.shape, transposeB ? 1 : 2)}) of Tensors with shapes ` +
        `${a.shape.join()} and ${b.shape.join()} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  return {
    a: transposeA ? transpose(call.handle('a'), -2, -1) : call.handle('a'),
    b: transposeB ? transpose(call.handle('b'), -2, -1) : call.handle('b'),
    shape: [...batch, rows, last(b.shape, transposeB ? 2 : 1)],
  };
}
