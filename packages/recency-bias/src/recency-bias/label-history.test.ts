import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../core/random.js';
import { countClasses } from './count-classes.js';
import { LabelHistory } from './label-history.js';
import { quantizationIndex, type Normalization } from './uncertainty.js';

/** The definition, word for word. */
function naiveUncertainty(labels: readonly number[], scale: number): number {
  if (labels.length === 0) return 1;
  if (new Set(labels).size === 1) return 0;
  let entropy = 0;
  for (const label of new Set(labels)) {
    const p = labels.filter((other) => other === label).length / labels.length;
    entropy -= p * Math.log(p);
  }
  return entropy / scale;
}

describe('LabelHistory', () => {
  it.each([
    [2, 1],
    [2, 255],
    [3, 10],
    [10, 10],
    [10, 30],
    [1000, 10],
    [1000, 255],
    [100_000, 4],
  ])(
    'remembers the last predictions of each sample with %i classes and a window of %i',
    (classes, window) => {
      const label = fc.oneof(fc.integer({ min: 0, max: classes - 1 }), fc.constantFrom(0, 1, classes - 1));
      const event = fc.record({
        index: fc.integer({ min: 0, max: 3 }),
        label,
        repeat: fc.integer({ min: 1, max: window }),
      });
      fc.assert(
        fc.property(
          fc.array(event, { maxLength: 60 }),
          fc.constantFrom<Normalization>('classes', 'window'),
          (events, normalize) => {
            const history = new LabelHistory(4, classes, window, normalize);
            const naive: number[][] = [[], [], [], []];
            for (const { index, label, repeat } of events) {
              for (let n = 0; n < repeat; n++) {
                history.record(index, label);
                naive[index]!.push(label);
              }
            }
            const scale = Math.log(normalize === 'window' ? Math.min(window, classes) : classes);
            const restored = new LabelHistory(4, classes, window, normalize);
            restored.loadStateDict(history.stateDict());
            for (const subject of [history, restored]) {
              naive.forEach((all, index) => {
                const labels = all.slice(-window);
                expect(subject.labels(index)).toEqual(labels);
                expect(subject.count(index)).toBe(labels.length);
                expect(subject.uncertainty(index)).toBeCloseTo(naiveUncertainty(labels, scale), 12);
              });
            }
          },
        ),
        { numRuns: 40, seed: 1 },
      );
    },
  );

  it('gives bit-equal uncertainty to windows whose labels occur equally often, in any order', () => {
    for (const window of [9, 40]) {
      const history = new LabelHistory(2, 50, window);
      const labels = Array.from({ length: window }, (_, n) => [3, 3, 3, 8, 8, 1, 1, 1, 1][n % 9]!);
      for (const label of labels) history.record(0, label);
      for (const label of labels.reverse()) history.record(1, 49 - label);
      expect(history.uncertainty(1)).toBe(history.uncertainty(0));
    }
  });

  it('takes q label bytes a sample, padded to two, and 4 more', () => {
    expect(new LabelHistory(1000, 10, 10).byteLength).toBe(1000 * (10 + 4));
    expect(new LabelHistory(1000, 10, 11).byteLength).toBe(1000 * (12 + 4));
    expect(new LabelHistory(1000, 257, 10).byteLength).toBe(1000 * (20 + 4));
    expect(new LabelHistory(1000, 65_537, 10).byteLength).toBe(1000 * (40 + 4));
  });

  it('refuses samples and labels that do not exist, and windows and classes that make no sense', () => {
    const history = new LabelHistory(3, 5, 4);
    expect(() => {
      history.record(3, 0);
    }).toThrow('index is 3; it must be an integer from 0 to 2.');
    expect(() => {
      history.record(0, 5);
    }).toThrow('label is 5; it must be an integer from 0 to 4.');
    expect(() => new LabelHistory(3, 5, 0)).toThrow(/window is 0/);
    expect(() => new LabelHistory(3, 1, 4)).toThrow(/classes is 1/);
    expect(() => new LabelHistory(0, 5, 4)).toThrow(/size is 0/);
  });

  it('refuses the state of another size, window or number of classes, and damaged ones, and stays as it was', () => {
    const history = new LabelHistory(3, 5, 4);
    history.record(1, 2);
    for (const other of [new LabelHistory(4, 5, 4), new LabelHistory(3, 6, 4), new LabelHistory(3, 5, 5)]) {
      expect(() => {
        history.loadStateDict(other.stateDict());
      }).toThrow(RangeError);
    }
    const state = history.stateDict();
    for (const damage of [
      { words: new Uint32Array(1).fill(0xffffffff) },
      { words: new Uint32Array(2) },
      { words: new Uint32Array(0) },
      { words: new Uint16Array(1) },
      { words: null },
    ]) {
      expect(() => {
        history.loadStateDict({ ...state, ...damage });
      }).toThrow(/state\.words/);
    }
    expect(history.stateDict()).toEqual(state);
  });
});

describe('a saved history', () => {
  it('holds any number of classes and any window, in the same bytes after loading', () => {
    const random = new Random(4);
    for (const [classes, window] of [
      [2, 1],
      [2, 255],
      [256, 3],
      [257, 10],
      [1000, 16],
      [100_000, 5],
      [2 ** 31 - 1, 4],
    ] as const) {
      const history = new LabelHistory(40, classes, window);
      for (let n = 0; n < 20 * Math.min(window, 30); n++) {
        history.record(random.int(30), random.float() < 0.6 ? classes - 1 : random.int(classes));
      }
      const restored = new LabelHistory(40, classes, window);
      restored.loadStateDict(history.stateDict());
      expect(restored.stateDict()).toEqual(history.stateDict());
      for (let i = 0; i < 40; i++) expect(restored.labels(i)).toEqual(history.labels(i));
    }
  });

  it('takes two or three bytes a sample where the network is certain', () => {
    const history = new LabelHistory(1000, 1000, 10);
    for (let n = 0; n < 13; n++) for (let i = 0; i < 1000; i++) history.record(i, i);
    // 1 bit for full, 10 for the label, 9 repetitions.
    expect((history.stateDict().words as Uint32Array).length).toBe(Math.ceil((1000 * 20) / 32));
  });
});

describe('count classes', () => {
  it('are the partitions: 42 of 10, 139 with windows still filling', () => {
    const classes = countClasses(10, 1000)!;
    expect(classes.length).toBe(139);
    expect(classes.counts.filter((counts) => counts.reduce((sum, n) => sum + n, 0) === 10)).toHaveLength(42);
  });

  it('have no more parts than there are classes', () => {
    expect(countClasses(10, 2)!.counts.every((counts) => counts.length <= 2)).toBe(true);
    expect(countClasses(90, 2)).not.toBeNull();
  });

  it('are not tabulated when they are too many', () => {
    expect(countClasses(25, 1000)).not.toBeNull();
    expect(countClasses(26, 1000)).toBeNull();
    expect(countClasses(255, 10)).toBeNull();
  });
});

describe('the quantisation index', () => {
  it('is 0 for certainty 0 and N for certainty 1', () => {
    for (const size of [1, 7, 60_000, 1_281_167]) {
      expect(quantizationIndex(1, size)).toBe(0);
      expect(quantizationIndex(0, size)).toBe(size);
    }
  });

  it('is exact where the entropy is rational, in spite of rounding', () => {
    // m labels, equally often, of k classes: F = ln m / ln k, which is a fraction when both are powers of one number.
    for (const [labels, classes, numerator, denominator] of [
      [2, 2, 1, 1],
      [3, 3, 1, 1],
      [5, 5, 1, 1],
      [7, 7, 1, 1],
      [2, 4, 1, 2],
      [2, 8, 1, 3],
      [4, 8, 2, 3],
      [3, 27, 1, 3],
      [9, 27, 2, 3],
      [10, 1000, 1, 3],
      [5, 125, 1, 3],
      [6, 36, 1, 2],
    ] as const) {
      for (const repeats of [1, 2, 3]) {
        const window = labels * repeats;
        const history = new LabelHistory(1, classes, window);
        for (let n = 0; n < window; n++) history.record(0, n % labels);
        for (const unit of [1, 10, 1000, 50_000, 427_055]) {
          const size = unit * denominator;
          const exact = (size * (denominator - numerator)) / denominator;
          expect(quantizationIndex(history.uncertainty(0), size)).toBe(exact);
        }
      }
    }
  });

  it('is rounded up otherwise', () => {
    expect(quantizationIndex(0.55, 10)).toBe(5);
    expect(quantizationIndex(0.999, 10)).toBe(1);
    expect(quantizationIndex(0.001, 10)).toBe(10);
  });
});
