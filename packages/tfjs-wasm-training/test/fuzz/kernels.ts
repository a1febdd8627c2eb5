import { convolutions } from './convolutions.js';
import { byIndex, elementwise, type Generators } from './elementwise.js';
import { imageKernels } from './images.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';
import { sparse } from './sparse.js';

const einsum = [
  'ij,jk->ik',
  'bij,bjk->bik',
  'ij->ji',
  'ij->i',
  'i,j->ij',
  'ij,ij->',
  'abc,cd->abd',
  'ij,ij->ij',
];

/** Draws calls of a kernel, by its name. */
export const kernels: Generators = {
  ...convolutions,
  ...elementwise,
  ...imageKernels,
  ...pooling,
  ...reductions,
  ...shapes,
  ...sparse,
  Einsum: (chance) => {
    const equation = chance.of(...einsum);
    const sizes = new Map<string, number>();
    const size = (letter: string): number => {
      const known = sizes.get(letter) ?? chance.int(1, 4);
      sizes.set(letter, known);
      return known;
    };
    const inputs = equation
      .split('->')[0]!
      .split(',')
      .map((letters) => chance.tensor(Array.from(letters, size)));
    return { inputs: byIndex(inputs), attrs: { equation }, gradients: Object.keys(inputs) };
  },
  LogicalXor: (chance) => elementwise.LogicalAnd!(chance),
};

/** Kernels that the cpu backend does not have, and the kernel of the cpu backend that gives the same. */
export const OTHER_NAMES: Readonly<Record<string, string>> = { LogicalXor: 'NotEqual' };
