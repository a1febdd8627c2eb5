import type { Addon, Handle } from '../../src/native/addon.js';
import type { Values } from './values.js';

/** A function of the addon, or an operator: draws arguments that are nearly right, and says what the call has released. */
export interface Target {
  readonly name: keyof Addon;
  /** The operator that `call` runs. */
  readonly operator?: readonly [name: string, overload: string];
  readonly draw: (values: Values) => unknown[];
  readonly makesTensors?: boolean;
}

const window = (v: Values): number[] => [v.int(1, 4), v.int(1, 4)];
const images = (v: Values): number[] => [...v.shape(3, 7), v.int(1, 5)];

/** A tensor like `shape`, seen through other strides in one case of three. */
function strided(v: Values, shape: readonly number[]): Handle {
  if (shape.length < 2 || v.yes(0.67)) return v.tensor(shape);
  const permute = v.addon.resolve('aten::permute', '');
  const order = shape.map((_, i) => (i + 1) % shape.length);
  const stored = order.map((_, i) => shape[order.indexOf(i)]!);
  return v.hold(v.addon.call(permute, v.tensor(stored), order) as Handle);
}

function pooled(v: Values): { shape: number[]; size: number[]; rows: number[]; before: number[] } {
  const shape = images(v);
  const rows = window(v);
  const before = rows.map((size) => v.int(0, size - 1));
  const size = rows.map((length, i) =>
    Math.max(1, Math.ceil((shape[i + 1]! + before[i]!) / length) - v.int(0, 1)),
  );
  return { shape, size, rows, before };
}

const coefficients = (v: Values, channels: number): Handle => v.tensor([v.int(2, 5), channels]);
const bounds = (v: Values): [number, number] =>
  v.of([
    [-Infinity, Infinity],
    [0, Infinity],
    [0, 6],
    [1, -1],
  ]);

/** The package's own kernels. */
const kernels: Readonly<Record<string, (v: Values) => unknown[]>> = {
  pad_images: (v) => [strided(v, v.shape(4)), ...v.list(4, () => v.int(-1, 3)), v.of([0, -Infinity, 1.5])],
  clamp_backward: (v) => {
    const shape = v.shape(v.int(0, 4));
    return [strided(v, shape), strided(v, shape), ...bounds(v), v.yes(0.5)];
  },
  batch_norm_statistics: (v) => {
    const shape = v.shape(v.int(1, 4), 9);
    const channels = shape.at(-1)!;
    return [strided(v, shape), v.tensor([channels]), v.tensor([channels]), 1e-3];
  },
  affine: (v) => {
    const shape = v.shape(v.int(1, 4), 9);
    const channels = shape.at(-1)!;
    const other = v.of([null, strided(v, shape)]);
    const second = v.of([null, coefficients(v, channels)]);
    return [strided(v, shape), coefficients(v, channels), other, second, ...bounds(v), v.yes(0.5)];
  },
  batch_norm_backward: (v) => {
    const shape = v.shape(v.int(1, 4), 9);
    return [strided(v, shape), strided(v, shape), v.tensor([5, shape.at(-1)!]), ...bounds(v)];
  },
  max_pool: (v) => {
    const { shape, size, rows, before } = pooled(v);
    return [strided(v, shape), rows, before, size];
  },
  max_pool_backward: (v) => {
    const { shape, size, rows, before } = pooled(v);
    const out = [shape[0]!, ...size, shape[3]!];
    const byte = v.addon.resolve('aten::to', 'dtype');
    const places = v.hold(v.addon.call(byte, v.tensor(out, 'bool'), 0) as Handle);
    return [strided(v, out), places, shape, rows, before];
  },
};

/** Operators of libtorch through which every kind of argument passes. */
const operators: readonly (readonly [string, string, (v: Values) => unknown[]])[] = [
  ['aten::add', 'Tensor', (v) => [v.tensor([2, 3]), v.tensor([3]), 1]],
  ['aten::cat', '', (v) => [v.list(v.int(1, 40), () => v.tensor([2, 3])), v.int(-1, 1)]],
  ['aten::narrow', '', (v) => [v.tensor([4, 5]), v.int(0, 1), v.int(0, 2), v.int(0, 2)]],
  ['aten::permute', '', (v) => [v.tensor([2, 3, 4]), [2, 0, 1]]],
  ['aten::index_select', '', (v) => [v.tensor([4, 5]), v.int(0, 1), v.tensor([3], 'int32')]],
  ['aten::sum', 'dim_IntList', (v) => [v.tensor([2, 3, 4]), [v.int(-3, 2)], v.yes(0.5), 6]],
  ['aten::reshape', '', (v) => [v.tensor([6]), v.of([[2, 3], [-1], [1, 6], []])]],
  ['aten::split', 'Tensor', (v) => [v.tensor([40]), v.int(1, 9), 0]],
  ['aten::clamp', '', (v) => [v.tensor([5]), v.of([null, 0]), v.of([null, 1])]],
  ['aten::einsum', '', (v) => [v.of(['ij,jk->ik', 'ij->ji']), v.list(2, () => v.tensor([3, 3]))]],
  ['aten::relu_', '', (v) => [v.tensor([5])]],
];

/** The values of an array of JavaScript with their shape; reading the shape may take the values away. */
function typedArray(v: Values): unknown[] {
  const shape = v.shape(v.int(0, 3), 4);
  const size = shape.reduce((product, length) => product * length, 1);
  const [dtype, values] = v.of([
    ['float32', new Float32Array(size)],
    ['int32', new Int32Array(size)],
    ['bool', new Uint8Array(size)],
    ['bool', new Float32Array(size)],
  ] as const);
  if (v.yes(0.2) && shape.length > 0) {
    const first = shape[0];
    const take = (): unknown => {
      structuredClone(values.buffer, { transfer: [values.buffer] });
      return first;
    };
    Object.defineProperty(shape, 0, { get: take });
  }
  return [values, shape, dtype];
}

const one = (v: Values): unknown[] => [v.yes(0.8) ? v.anyTensor() : v.known()];
const none = (): unknown[] => [];

/** Every entry point of the addon, and each of the package's own kernels. */
export const targets: Readonly<Record<string, Target>> = {
  resolve: {
    name: 'resolve',
    draw: (v) =>
      v.of([
        ['aten::add', 'Tensor'],
        ['tfjs::affine', ''],
        ['aten::cat', ''],
      ]),
  },
  call: {
    name: 'call',
    makesTensors: true,
    draw: (v) => {
      const [name, overload, args] = v.of(operators);
      return [v.addon.resolve(name, overload), ...args(v)];
    },
  },
  fromTypedArray: { name: 'fromTypedArray', makesTensors: true, draw: typedArray },
  toTypedArray: { name: 'toTypedArray', draw: one },
  shapeOf: { name: 'shapeOf', draw: one },
  dtypeOf: { name: 'dtypeOf', draw: one },
  isExclusive: { name: 'isExclusive', draw: one },
  dispose: {
    name: 'dispose',
    draw: (v) => v.list(v.yes(0.1) ? v.int(33, 40) : v.int(0, 3), () => v.tensor([2])),
  },
  replace: { name: 'replace', draw: (v) => [v.anyTensor(), v.yes(0.9) ? v.anyTensor() : v.known()] },
  memory: { name: 'memory', draw: none },
  resetPeakMemory: { name: 'resetPeakMemory', draw: none },
  releaseCache: { name: 'releaseCache', draw: none },
  getThreads: { name: 'getThreads', draw: none },
  setThreads: { name: 'setThreads', draw: (v) => [v.of([1, 2, 3, 4, 0, 100_000])] },
  setSeed: { name: 'setSeed', draw: (v) => [v.number()] },
  setDevice: {
    name: 'setDevice',
    draw: (v) => [v.of(['cpu', 'cpu', 'cpu', 'cpu', 'cuda:77', 'meta'])],
  },
  describe: { name: 'describe', draw: none },
  ...Object.fromEntries(
    Object.entries(kernels).map(([name, draw]) => [
      `tfjs::${name}`,
      {
        name: 'call' as const,
        makesTensors: true,
        operator: [`tfjs::${name}`, ''] as const,
        draw: (v: Values) => [v.addon.resolve(`tfjs::${name}`, ''), ...draw(v)],
      },
    ]),
  ),
};
