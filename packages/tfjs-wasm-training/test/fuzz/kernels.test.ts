import '@tensorflow/tfjs';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../../src/index.js';
import { documentRows } from '../../../../scripts/tfjs-suite/counts.js';
import { Chance } from './chance.js';
import { DIFFERENCES, NOT_COMPARED } from './differences.js';
import { kernels, OTHER_NAMES } from './kernels.js';
import { difference, runCases, type KernelCase } from './run.js';

// A long run: FUZZ_CASES=5000 FUZZ_SEED=7 npx vitest run packages/tfjs-wasm-training/test/fuzz
const CASES = Number(process.env.FUZZ_CASES ?? 20);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Cases that are held in memory at a time. */
const BATCH = 500;

const describeCase = ({ inputs, attrs }: KernelCase): string => {
  const shapes = Object.entries(inputs).map(
    ([name, { shape, dtype }]) => `${name}: ${dtype}[${shape.join()}]`,
  );
  return `${shapes.join(', ')}; ${JSON.stringify(attrs ?? {})}`;
};

describe('every kernel of the wasm backend agrees with the cpu backend, with its gradient', () => {
  for (const [name, generate] of Object.entries(kernels)) {
    it(`in ${name}`, async () => {
      for (let from = 0; from < CASES; from += BATCH) {
        const seeds = Array.from({ length: Math.min(BATCH, CASES - from) }, (_, i) => SEED * 1e6 + from + i);
        const cases = seeds.map((seed) => generate(new Chance(seed)));
        const expected = await runCases('cpu', OTHER_NAMES[name] ?? name, cases);
        const actual = await runCases('wasm', name, cases);
        for (const [i, each] of cases.entries()) {
          const found = difference(expected[i]!, actual[i]!, { allows: DIFFERENCES[name]?.allows });
          if (found !== undefined) expect.fail(`case ${seeds[i]!}: ${found}. ${describeCase(each)}`);
        }
      }
    }, 3_600_000);
  }
});

describe('the comparison of kernels', () => {
  it('covers every kernel of the backend, or says why not', () => {
    const names = getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);
    const missing = names.filter((name) => kernels[name] === undefined && NOT_COMPARED[name] === undefined);
    expect(missing).toEqual([]);
    const gone = [...Object.keys(kernels), ...Object.keys(NOT_COMPARED)].filter(
      (name) => !names.includes(name),
    );
    expect(gone).toEqual([]);
  });

  it('gives a reason for every difference that stays', () => {
    for (const { reason } of Object.values(DIFFERENCES)) expect(reason.length).toBeGreaterThan(20);
    expect(Object.keys(DIFFERENCES).filter((name) => kernels[name] === undefined)).toEqual([]);
  });

  it('has the counts and the reasons that the readme gives', () => {
    const rows = documentRows(new URL('../../README.md', import.meta.url));
    const compared = Object.keys(kernels).length;
    const all = compared + Object.keys(NOT_COMPARED).length;
    expect(rows.join(' ')).toContain(`A fuzzer calls ${compared} of the ${all} kernels`);
    for (const reason of new Set(Object.values(DIFFERENCES).map((difference) => difference.reason))) {
      const names = Object.keys(DIFFERENCES).filter((name) => DIFFERENCES[name]!.reason === reason);
      expect(rows).toContain(`| ${names.map((name) => `\`${name}\``).join(', ')} | ${reason} |`);
    }
  });
});
