import { describe, expect, it } from 'vitest';
import { Random } from '../random.js';
import { Deck } from './deck.js';

describe('Deck', () => {
  it('deals every sample once before any comes again, and never one twice in an epoch', () => {
    const size = 23;
    for (const count of [1, 5, 7, 16, 23]) {
      const deck = new Deck(size, new Random(4), () => count);
      const stream: number[] = [];
      for (let epoch = 1; epoch <= 60; epoch++) {
        const dealt = deck.deal(epoch);
        expect(new Set(dealt).size).toBe(count);
        stream.push(...dealt);
      }
      for (let start = 0; start + size <= stream.length; start += size) {
        expect(new Set(stream.slice(start, start + size)).size).toBe(size);
      }
    }
  });

  it('shuffles each deck anew: every pair of samples is as likely in an epoch', () => {
    const deck = new Deck(4, new Random(9), () => 2);
    const pairs = new Map<string, number>();
    const epochs = 24_000;
    for (let epoch = 1; epoch <= epochs; epoch += 2) {
      const pair = [...deck.deal(epoch)].sort().join();
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    expect(pairs.size).toBe(6);
    // A count of 12,000 / 6 has the standard error sqrt(12,000 · 1/6 · 5/6), 41.
    for (const count of pairs.values()) expect(Math.abs(count - 2000)).toBeLessThan(4.5 * 41);
  });

  it('deals an epoch the same samples whatever was dealt before', () => {
    const sizeOf = (epoch: number): number => 1 + (epoch % 7);
    const make = (): Deck => new Deck(9, new Random(2), sizeOf);
    const inOrder = make();
    const expected = Array.from({ length: 12 }, (_, i) => [...inOrder.deal(i + 1)]);
    const jumping = make();
    for (const epoch of [12, 3, 4, 9, 1]) expect([...jumping.deal(epoch)]).toEqual(expected[epoch - 1]);
  });
});
