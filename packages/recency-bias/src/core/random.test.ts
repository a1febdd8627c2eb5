import { describe, expect, it } from 'vitest';
import { Random, splitMix64 } from './random.js';
import { chiSquarePasses } from '../../test/fixtures/statistics.js';

function fromWords(...words: number[]): Random {
  const random = new Random(0);
  random.loadStateDict({ version: 1, key: new Uint32Array(2), state: Uint32Array.from(words) });
  return random;
}

describe('Random', () => {
  it('is xoshiro128**: gives the reference outputs of known states', () => {
    // rand_xoshiro's reference vector for the state 1, 2, 3, 4.
    const random = fromWords(1, 2, 3, 4);
    expect(Array.from({ length: 5 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883,
    ]);
    // First output of the authors' C program for this state, as listed in the tests of xoshiro-6502.
    expect(fromWords(0x964d4a0c, 0xd40ab895, 0xcbde7fad, 0x3006f0f0).uint32()).toBe(0xf1391922);
  });

  it('fills its state by SplitMix64: gives the reference outputs for the seed 1234567', () => {
    // Outputs published with the algorithm's description on Rosetta Code.
    expect(splitMix64(1234567n)).toBe(6457827717110365317n);
    expect(splitMix64(1234567n + 0x9e3779b97f4a7c15n)).toBe(3203168211198807973n);
  });

  it('gives the same numbers for the same seed, others for another', () => {
    const draws = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.uint32());
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it('splits into streams that depend on the purpose, not on the draws made before', () => {
    const parent = new Random(3);
    const early = parent.split('augmentation').uint32();
    const next = new Random(3).uint32();
    expect(parent.uint32()).toBe(next);
    for (let i = 0; i < 10; i++) parent.float();
    expect(parent.split('augmentation').uint32()).toBe(early);
    expect(parent.split('augmentatiom').uint32()).not.toBe(early);
    expect(new Random(4).split('augmentation').uint32()).not.toBe(early);
    expect(parent.split('a').split('b').uint32()).not.toBe(parent.split('b').split('a').uint32());
  });

  it.each([1, 2, 3, 10, 97])('draws integers below %i uniformly', (n) => {
    const random = new Random(n);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.int(n)]!++;
    expect(chiSquarePasses(counts, new Array<number>(n).fill(1 / n))).toBe(true);
  });

  it.each([3 * 2 ** 19, 3 * 2 ** 30, 3 * 2 ** 50])(
    'has no bias for n = %i, where a plain modulo has',
    (n) => {
      const random = new Random(1);
      const thirds = [0, 0, 0];
      let inRange = true;
      for (let i = 0; i < 30_000; i++) {
        const value = random.int(n);
        inRange &&= Number.isInteger(value) && value >= 0 && value < n;
        thirds[Math.floor((value / n) * 3)]!++;
      }
      expect(inRange).toBe(true);
      expect(chiSquarePasses(thirds, [1 / 3, 1 / 3, 1 / 3])).toBe(true);
    },
  );

  it('draws floats in [0, 1) uniformly', () => {
    const random = new Random(5);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 32_000; i++) counts[Math.floor(random.float() * 16)]!++;
    expect(chiSquarePasses(counts, new Array<number>(16).fill(1 / 16))).toBe(true);
  });

  it('shuffles into each permutation equally often', () => {
    const random = new Random(11);
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const values = Int32Array.of(0, 1, 2, 3);
      random.shuffle(values);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquarePasses([...counts.values()], new Array<number>(24).fill(1 / 24))).toBe(true);
  });

  it('continues identically from its state, splits included', () => {
    const random = new Random(9).split('x');
    random.float();
    const copy = new Random(0);
    copy.loadStateDict(random.stateDict());
    expect([copy.uint32(), copy.split('y').uint32()]).toEqual([random.uint32(), random.split('y').uint32()]);
  });

  it('refuses seeds outside [0, 2^32) and damaged states', () => {
    expect(() => new Random(-1)).toThrow(RangeError);
    expect(() => new Random(2 ** 32)).toThrow(
      'seed is 4294967296; it must be an integer from 0 to 4294967295',
    );
    expect(() => {
      fromWords(0, 0, 0, 0);
    }).toThrow(/all zeros/);
    expect(() => {
      new Random(0).loadStateDict({ version: 2 });
    }).toThrow(/version 2/);
  });
});
