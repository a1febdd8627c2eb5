import type { Chance, Literal, Range } from './chance.js';
import type { KernelCase } from './run.js';

export type Generator = (chance: Chance) => KernelCase;
export type Generators = Readonly<Record<string, Generator>>;

const NUMERIC = ['float32', 'float32', 'float32', 'int32'] as const;
const ALL = ['float32', 'float32', 'int32', 'bool'] as const;

const unary =
  (dtypes: readonly ('float32' | 'int32' | 'bool')[], range: Range = 'any'): Generator =>
  (chance) => {
    const dtype = chance.of(...dtypes);
    return {
      inputs: { x: chance.tensor(chance.shape(), dtype, range) },
      gradients: dtype === 'float32' ? ['x'] : [],
    };
  };

const onNumbers = ['Abs', 'Ceil', 'Elu', 'Erf', 'Floor', 'IsFinite', 'IsInf', 'IsNan', 'Neg', 'Round'].concat(
  ['Reciprocal', 'Relu', 'Relu6', 'Rsqrt', 'Selu', 'Sigmoid', 'Sign', 'Softplus', 'Sqrt', 'Square'],
  ['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cosh', 'Exp', 'Expm1', 'Log', 'Log1p', 'Sinh', 'Tanh'],
);

const binary =
  (dtypes: readonly ('float32' | 'int32' | 'bool')[], range: Range = 'any'): Generator =>
  (chance) => {
    const dtype = chance.of(...dtypes);
    const [a, b] = chance.broadcastable();
    return {
      inputs: { a: chance.tensor(a, dtype, range), b: chance.tensor(b, dtype, range) },
      gradients: dtype === 'float32' ? ['a', 'b'] : [],
    };
  };

const prelu: Generator = (chance) => {
  const shape = chance.shape();
  const alpha = shape.slice(chance.yes(0.4) ? 0 : chance.int(0, shape.length));
  return {
    inputs: {
      x: chance.tensor(shape, chance.of(...NUMERIC)),
      alpha: chance.tensor(
        alpha.map((size) => (chance.yes(0.4) ? 1 : size)),
        'float32',
        'finite',
      ),
    },
    gradients: ['x', 'alpha'],
  };
};

const select: Generator = (chance) => {
  const shape = chance.shape(0, 4);
  const dtype = chance.of(...ALL);
  return {
    inputs: {
      condition: chance.tensor(shape, 'bool'),
      t: chance.tensor(shape, dtype),
      e: chance.tensor(shape, dtype),
    },
    gradients: dtype === 'float32' ? ['t', 'e'] : [],
  };
};

const addN: Generator = (chance) => {
  const shape = chance.shape();
  const dtype = chance.of(...NUMERIC);
  const inputs = chance.list(chance.int(1, 4), () => chance.tensor(shape, dtype));
  return { inputs: byIndex(inputs), gradients: ['0'] };
};

/** The inputs of a kernel that takes a list. */
export const byIndex = (inputs: readonly Literal[]): Record<string, Literal> =>
  Object.fromEntries(inputs.map((literal, i) => [String(i), literal]));

export const elementwise: Generators = {
  ...Object.fromEntries(onNumbers.map((name) => [name, unary(NUMERIC)])),
  // In single precision the period is lost in large numbers.
  ...Object.fromEntries(
    ['Cos', 'Sin', 'Tan'].map((name) => [name, unary(NUMERIC, name === 'Tan' ? 'unit' : 'finite')]),
  ),
  AddN: addN,
  Atan2: binary(NUMERIC),
  BitwiseAnd: binary(['int32']),
  Cast: (chance) => ({
    inputs: { x: chance.tensor(chance.shape(), chance.of(...ALL), chance.of('any', 'finite')) },
    attrs: { dtype: chance.of(...ALL) },
  }),
  ClipByValue: (chance) => ({
    inputs: { x: chance.tensor(chance.shape(), chance.of(...NUMERIC)) },
    attrs: { clipValueMin: chance.int(-3, 0), clipValueMax: chance.int(0, 3) },
    gradients: ['x'],
  }),
  EluGrad: (chance) => {
    const shape = chance.shape();
    return { inputs: { dy: chance.tensor(shape), y: chance.tensor(shape) } };
  },
  Identity: unary(ALL),
  LeakyRelu: (chance) => ({ ...unary(NUMERIC)(chance), attrs: { alpha: chance.of(0, 0.2, 1, 2, -0.5) } }),
  LogicalNot: unary(['bool']),
  OnesLike: unary(ALL),
  Prelu: prelu,
  Select: select,
  Step: (chance) => ({ ...unary(NUMERIC)(chance), attrs: { alpha: chance.of(0, 0.5, -1) } }),
  ZerosLike: unary(ALL),
  ...Object.fromEntries(
    [
      'Add',
      'Sub',
      'Multiply',
      'RealDiv',
      'FloorDiv',
      'Mod',
      'Maximum',
      'Minimum',
      'SquaredDifference',
      'Pow',
    ].map((name) => [name, binary(NUMERIC)]),
  ),
  ...Object.fromEntries(
    ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].map((name) => [name, binary(ALL)]),
  ),
  LogicalAnd: binary(['bool']),
  LogicalOr: binary(['bool']),
};
