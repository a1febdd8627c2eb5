import { describe, expect, it } from 'vitest';
import { LabelHistory } from '../../recency-bias/label-history.js';
import { Random } from '../random.js';
import { chiSquarePasses } from '../../../test/fixtures/statistics.js';
import { AliasTable } from './alias-table.js';
import { bucketTable } from '../../recency-bias/bucket-table.js';
import { DistinctUniform, DistinctWeighted } from './distinct.js';
import { epochOrder } from './epoch-order.js';
import { pagedBucketTable } from '../../recency-bias/paged-bucket-table.js';
import { rankDescending } from './rank-order.js';
import type { DrawTable } from '../../recency-bias/draw-table.js';
import { SumTree } from './sum-tree.js';
import { treeTable } from '../../recency-bias/tree-table.js';

type Draw = (out: Int32Array, count: number, random: Random) => void;

/** Chi-square over ordered pairs: the second draw follows the weights without the first sample. */
function pairsFollow(weights: readonly number[], draw: Draw, seed: number): boolean {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const random = new Random(seed);
  const counts = new Array<number>(size * size).fill(0);
  const out = new Int32Array(2);
  for (let n = 0; n < 30_000; n++) {
    draw(out, 2, random);
    counts[out[0]! * size + out[1]!]!++;
  }
  const expected = counts.map((_, pair) => {
    const first = Math.floor(pair / size);
    const second = pair % size;
    return first === second ? 0 : ((weights[first]! / total) * weights[second]!) / (total - weights[first]!);
  });
  return chiSquarePasses(counts, expected);
}

/** Chi-square over the sample drawn last of all, where the batch holds nearly all of the weight before. */
function lastFollows(weights: readonly number[], draw: Draw, seed: number): boolean {
  const size = weights.length;
  const random = new Random(seed);
  const out = new Int32Array(size);
  const counts = new Array<number>(size).fill(0);
  for (let n = 0; n < 20_000; n++) {
    draw(out, size, random);
    counts[out[size - 1]!]!++;
  }
  const last = (left: readonly number[]): number[] => {
    const probabilities = new Array<number>(size).fill(0);
    if (left.length === 1) probabilities[left[0]!] = 1;
    else {
      const total = left.reduce((sum, i) => sum + weights[i]!, 0);
      for (const i of left) {
        last(left.filter((j) => j !== i)).forEach((p, j) => {
          probabilities[j]! += (weights[i]! / total) * p;
        });
      }
    }
    return probabilities;
  };
  return chiSquarePasses(counts, last(weights.map((_, i) => i)));
}

const WEIGHTS = [1, 30, 2, 2, 5, 30];

/** Histories in which sample i has as many different labels as its weight's rank says. */
function tableOver(make: (history: LabelHistory) => DrawTable): Draw {
  const history = new LabelHistory(WEIGHTS.length, 10, 6);
  const levels = [1, 2, 5, 30];
  WEIGHTS.forEach((weight, i) => {
    for (let n = 0; n < 6; n++) history.record(i, n % (levels.indexOf(weight) + 1));
  });
  const byUncertainty = new Map(WEIGHTS.map((weight, i) => [history.uncertainty(i), weight]));
  const table = make(history);
  table.refresh?.();
  table.weigh((uncertainty) => byUncertainty.get(uncertainty) ?? 1);
  table.probabilities().forEach((p, i) => {
    expect(p).toBeCloseTo(WEIGHTS[i]! / 70, 14);
  });
  return (out, count, random) => {
    table.draw(out, count, random);
  };
}

const structures: [string, () => Draw][] = [
  ['the bucket table', () => tableOver((history) => bucketTable(history, history.classUncertainty!))],
  [
    'the paged bucket table',
    () => tableOver((history) => pagedBucketTable(history, history.classUncertainty!)),
  ],
  ['the tree table', () => tableOver((history) => treeTable(history))],
  [
    'the sum tree',
    () => {
      const tree = new SumTree(WEIGHTS.length);
      WEIGHTS.forEach((weight, i) => {
        tree.set(i, weight);
      });
      return (out, count, random) => {
        tree.drawDistinct(out, count, random, new Float64Array(count));
      };
    },
  ],
  [
    'redrawing what the batch has',
    () => {
      const alias = new AliasTable(WEIGHTS.length);
      alias.build(Float64Array.from(WEIGHTS));
      const distinct = new DistinctWeighted();
      return (out, count, random) => {
        distinct.draw(
          out,
          count,
          WEIGHTS.length,
          random,
          () => alias.draw(random),
          (i) => WEIGHTS[i]!,
        );
      };
    },
  ],
];

describe.each(structures)('%s', (_, make) => {
  it('draws without replacement in proportion to the weights of what is left', () => {
    expect(pairsFollow(WEIGHTS, make(), 1)).toBe(true);
  });

  it('draws all samples there are, the last ones in proportion too', () => {
    expect(lastFollows(WEIGHTS, make(), 2)).toBe(true);
  });
});

describe('DistinctUniform', () => {
  it('gives each ordered pair equally often', () => {
    const distinct = new DistinctUniform(5);
    expect(
      pairsFollow(
        [1, 1, 1, 1, 1],
        (out, count, random) => {
          distinct.draw(out, count, random);
        },
        3,
      ),
    ).toBe(true);
  });
});

describe('AliasTable', () => {
  it.each([1, 2, 139, 1000])('draws %i indices in proportion to weights over many magnitudes', (length) => {
    const random = new Random(length);
    const weights = Float64Array.from({ length }, (_, i) =>
      i % 7 === 3 ? 0 : Math.exp(-12 * random.float()),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const table = new AliasTable(length);
    table.build(weights);
    const counts = new Float64Array(length);
    for (let n = 0; n < 60_000; n++) counts[table.draw(random)]!++;
    expect(
      chiSquarePasses(
        counts,
        weights.map((weight) => weight / total),
      ),
    ).toBe(true);
    expect(weights.every((weight, i) => weight > 0 || counts[i] === 0)).toBe(true);
  });
});

describe('SumTree', () => {
  it('keeps exact sums through many changes, and never draws weight 0', () => {
    const size = 700;
    const random = new Random(4);
    const tree = new SumTree(size);
    for (let n = 0; n < 20_000; n++) tree.set(random.int(size), random.float() * 10 ** (random.int(30) - 15));
    const fresh = new SumTree(size);
    fresh.fill((i) => tree.get(i));
    expect(tree.total).toBe(fresh.total);
    tree.fill((i) => (i % 3 === 0 ? i : 0));
    const counts = new Float64Array(size);
    for (let n = 0; n < 40_000; n++) counts[tree.draw(random)]!++;
    expect(
      chiSquarePasses(
        counts,
        counts.map((_, i) => tree.get(i) / tree.total),
      ),
    ).toBe(true);
    expect(counts.every((count, i) => i % 3 === 0 || count === 0)).toBe(true);
  });
});

describe('an epoch order', () => {
  it('deals every sample once', () => {
    const order = epochOrder(10);
    order.shuffle(new Random(1));
    const dealt: number[] = [];
    for (const count of [4, 4, 2]) {
      const out = new Int32Array(count);
      order.deal(out);
      dealt.push(...out);
    }
    expect(dealt).not.toEqual(dealt.toSorted((a, b) => a - b));
    expect(dealt.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('deals each ordered pair equally often', () => {
    const order = epochOrder(5);
    const draw: Draw = (out, count, random) => {
      order.shuffle(random);
      order.deal(out.subarray(0, count));
    };
    expect(pairsFollow([1, 1, 1, 1, 1], draw, 8)).toBe(true);
  });

  it('deals the samples that it starts with in their order, and no other sample', () => {
    const order = epochOrder(6);
    const draw: Draw = (out, count, random) => {
      const samples = Int32Array.of(1, 2, 4, 5);
      random.shuffle(samples);
      order.start(samples);
      order.deal(out.subarray(0, count));
    };
    expect(pairsFollow([0, 1, 1, 0, 1, 1], draw, 9)).toBe(true);
  });

  it('is left the first samples of its order by a limit, and all samples by the next shuffle', () => {
    const order = epochOrder(6);
    order.sort();
    order.limit(2);
    expect(order.toArray()).toEqual(Int32Array.of(0, 1));
    order.shuffle(new Random(1));
    expect(order.toArray().sort()).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
  });
});

describe('rankDescending', () => {
  it('sorts like a comparison sort, negative values and infinities included', () => {
    const random = new Random(6);
    const values = Float32Array.from(
      { length: 3000 },
      () => (random.float() - 0.4) * 10 ** (random.int(60) - 30),
    );
    values.set([Infinity, -Infinity, 0, -0, Infinity]);
    const order = new Int32Array(values.length);
    rankDescending(values, order, random);
    expect(new Set(order).size).toBe(values.length);
    expect([...order].map((i) => values[i]! + 0)).toEqual(
      [...values].map((v) => v + 0).sort((a, b) => b - a),
    );
  });
});
