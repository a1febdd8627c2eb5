import { util, type CastAttrs, type FillAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { operator } from '../native/operator.js';
import { define, type KernelCall } from './define.js';
import { FLOAT, INT, scalarType } from './dtype.js';

const to = operator('to.dtype');
const full = operator('full');
const nanToNum = operator('nan_to_num');
const notEqual = operator('ne.Scalar');

/** Registers the kernels that make tensors, and the change of dtype. */
export function registerCreationKernels(): void {
  define('Fill', (call) => {
    const { shape, value, dtype } = call.attributes<FillAttrs>();
    if (typeof value === 'string') return undefined;
    return filled(call, shape, value, dtype);
  });
  define('ZerosLike', (call) => like(call, 0));
  define('OnesLike', (call) => like(call, 1));
  define('Cast', (call) => {
    const x = call.input('x');
    const { dtype } = call.attributes<CastAttrs>();
    if (dtype === 'complex64' || dtype === 'string') return undefined;
    if (x.dtype === dtype) return call.backend.share(x);
    const handle = call.handle('x');
    if (dtype === 'bool') return call.output(notEqual(handle, 0), x.shape, dtype);
    // NaN and the infinities become 0 in JavaScript's integers; in C they are undefined.
    if (dtype === 'int32' && x.dtype === 'float32') {
      return call.output(to(nanToNum(handle, 0, 0, 0), INT), x.shape, dtype);
    }
    return call.output(to(handle, dtype === 'int32' ? INT : FLOAT), x.shape, dtype);
  });
  define('Complex', (call) => call.backend.complexOutput(owned(call, 'real'), owned(call, 'imag')), 'any');
  define('Real', (call) => part(call, 'real'), 'any');
  define('Imag', (call) => part(call, 'imag'), 'any');
}

function like(call: KernelCall, value: number): TensorInfo {
  const x = call.input('x');
  return filled(call, x.shape, value, x.dtype);
}

function filled(call: KernelCall, shape: number[], value: number, dtype: FillAttrs['dtype']): TensorInfo {
  // Small tensors may be used as numbers (see TorchBackend.knownScalar), so they stay in JavaScript.
  if (util.sizeFromShape(shape) === 1 && dtype === 'float32') {
    return { dataId: call.backend.write(new Float32Array([value]), shape, dtype), shape, dtype };
  }
  // libtorch refuses a number beyond float32, JavaScript makes it infinite.
  // Integers are made as JavaScript makes them: 0 of NaN and of the infinities.
  const fitting = dtype === 'float32' ? Math.fround(value) : dtype === 'int32' ? value | 0 : value;
  return call.output(full(shape, fitting, scalarType(dtype)), shape, dtype);
}

/** A second owner of an input's data, for a tensor that has it as a part. */
function owned(call: KernelCall, name: string): TensorInfo {
  return call.backend.share(call.input(name));
}

function part(call: KernelCall, name: 'real' | 'imag'): TensorInfo {
  const x = call.input('input');
  const { content } = call.backend.data(x);
  if (content.kind === 'complex') return call.backend.share(content[name], x.shape);
  return name === 'real' ? call.backend.share(x) : filled(call, x.shape, 0, x.dtype);
}
