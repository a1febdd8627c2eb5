import '@tensorflow/tfjs';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Chance } from '../../../tfjs-wasm-training/test/fuzz/chance.js';
import { kernels, OTHER_NAMES } from '../../../tfjs-wasm-training/test/fuzz/kernels.js';
import { difference, runCases, type KernelCase } from '../../../tfjs-wasm-training/test/fuzz/run.js';
import { fallbackKernels } from '../../src/kernels/register.js';
import { describeWithTorch } from '../support/with-torch.js';
import { DIFFERENCES, FLOATS_ONLY, NOT_COMPARED } from './differences.js';

// A long run: FUZZ_CASES=5000 FUZZ_SEED=7 npx vitest run packages/tfjs-backend-torch/test/fuzz/kernels.test.ts
const CASES = Number(process.env.FUZZ_CASES ?? 12);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Cases that are held in memory at a time. */
const BATCH = 500;

const describeCase = ({ inputs, attrs }: KernelCase): string => {
  const shapes = Object.entries(inputs).map(
    ([name, { shape, dtype }]) => `${name}: ${dtype}[${shape.join()}]`,
  );
  return `${shapes.join(', ')}; ${JSON.stringify(attrs ?? {})}`;
};

/** The kernels that libtorch computes; the rest is the cpu backend's own code on copies. */
const native = (): string[] =>
  getKernelsForBackend('torch')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !fallbackKernels.has(name));

const takesCase =
  (name: string) =>
  ({ inputs }: KernelCase): boolean =>
    !FLOATS_ONLY.has(name) || Object.values(inputs).every(({ dtype }) => dtype === 'float32');

describeWithTorch('A kernel of libtorch agrees with the cpu backend, with its gradient', () => {
  it.each(native().filter((name) => kernels[name] !== undefined))(
    'in %s',
    async (name) => {
      for (let from = 0; from < CASES; from += BATCH) {
        const seeds = Array.from({ length: Math.min(BATCH, CASES - from) }, (_, i) => SEED * 1e6 + from + i);
        const cases = seeds.map((seed) => kernels[name]!(new Chance(seed))).filter(takesCase(name));
        const expected = await runCases('cpu', OTHER_NAMES[name] ?? name, cases);
        const actual = await runCases('torch', name, cases);
        for (const [i, each] of cases.entries()) {
          const found = difference(expected[i]!, actual[i]!, { allows: DIFFERENCES[name]?.allows });
          if (found !== undefined) expect.fail(`seed ${SEED}: ${found}. ${describeCase(each)}`);
        }
      }
    },
    3_600_000,
  );
});

describeWithTorch('The comparison of kernels', () => {
  it('covers every kernel that libtorch computes, or says why not', () => {
    const names = native();
    expect(names.filter((name) => kernels[name] === undefined && NOT_COMPARED[name] === undefined)).toEqual(
      [],
    );
    const listed = [...Object.keys(DIFFERENCES), ...FLOATS_ONLY, ...Object.keys(NOT_COMPARED)];
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('gives a reason for every difference that stays', () => {
    for (const { reason } of Object.values(DIFFERENCES)) expect(reason.length).toBeGreaterThan(20);
  });
});
