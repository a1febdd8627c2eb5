import { describe, expect, it } from 'vitest';
import { comparison, header, run } from '../../test/support/records.js';
import { mergeComparisons } from './merge.js';
import type { Comparison, Run } from './run.js';

/** A comparison directory as read back, of the runs given. */
function directory(source: string, runs: readonly Run[], settings: Record<string, unknown> = {}): Comparison {
  const made = comparison(runs, { sources: [source] });
  const selectors = Object.fromEntries(made.selectors.map((label) => [label, { name: label }]));
  return { ...made, experiment: { epochs: 2, selectors, seeds: made.seeds, ...settings } };
}

const random = (seed: number, errors = [0.5, 0.4]): Run => run(errors, { selector: 'random', seed });
const recency = (seed: number, errors = [0.5, 0.3]): Run => run(errors, { selector: 'recency-bias', seed });
const idsOf = ({ runs }: Comparison): string[] => runs.map(({ header: { id } }) => id);

describe('merging comparisons', () => {
  it('puts the seeds of two machines together, in order', () => {
    const warmup = run([0.9], { kind: 'warmup', selector: 'warmup', warmupEpochs: 1, seed: 1 });
    const late = directory('b', [random(3), recency(3)], { backend: 'torch', name: 'again' });
    const early = { ...directory('a', [random(1), recency(1)], { backend: 'wasm' }), warmups: [warmup] };
    const [merged, ...others] = mergeComparisons([late, early]);
    expect(others).toEqual([]);
    expect(merged!.sources).toEqual(['b', 'a']);
    expect(merged!.seeds).toEqual([1, 3]);
    expect(idsOf(merged!)).toEqual([
      'random-seed1',
      'random-seed3',
      'recency-bias-seed1',
      'recency-bias-seed3',
    ]);
    expect(merged!.warmups).toEqual([warmup]);
    expect(merged!.experiment.seeds).toEqual([1, 3]);
  });

  it('puts selectors of the same seeds together', () => {
    const [merged] = mergeComparisons([directory('a', [random(1)]), directory('b', [recency(1)])]);
    expect(merged!.selectors).toEqual(['random', 'recency-bias']);
    expect(merged!.experiment.selectors).toEqual({
      random: { name: 'random' },
      'recency-bias': { name: 'recency-bias' },
    });
  });

  it('takes identical records of a run once, and of an unfinished one what goes further', () => {
    const unfinished = run([0.5], { selector: 'random', epochs: 2 }, false);
    const [merged] = mergeComparisons([directory('a', [unfinished]), directory('b', [random(1)])]);
    expect(merged!.runs).toEqual([random(1)]);
    const same = directory('a', [random(1)]);
    expect(mergeComparisons([same, same])[0]!.runs).toHaveLength(1);
    expect(mergeComparisons([same, same])[0]!.sources).toEqual(['a']);
  });

  it('names the runs of which two directories hold different results, and the directories', () => {
    const a = directory('a', [random(1), random(2), recency(1)]);
    const b = directory('b', [random(1, [0.5, 0.41]), random(2), recency(1, [0.5, 0.31])]);
    expect(() => mergeComparisons([a, b])).toThrow(
      /^a and b: hold different results of the same runs \(random seed 1, recency-bias seed 1\); leave one .* out/,
    );
  });

  it('names warm-ups that differ: methods forked from them do not start alike', () => {
    const warmup = (error: number): Run => run([error], { kind: 'warmup', warmupEpochs: 1 });
    const a = { ...directory('a', [random(1)]), warmups: [warmup(0.9)] };
    const b = { ...directory('b', [recency(1)]), warmups: [warmup(0.8)] };
    expect(() => mergeComparisons([a, b])).toThrow('(warm-up seed 1)');
  });

  it('keeps other experiments apart: other settings, data, or methods under the same label', () => {
    const base = directory('a', [random(1)]);
    const longer = directory('b', [random(2)], { epochs: 3 });
    const other = directory('c', [random(3)], { selectors: { random: { name: 'uniform' } } });
    const { dataset } = header();
    const larger = directory('d', [
      run([0.1, 0.1], { selector: 'random', dataset: { ...dataset, trainSize: 2000 } }),
    ]);
    expect(mergeComparisons([base, longer, other, larger])).toEqual([base, longer, other, larger]);
  });

  it('takes data at another place for the same where they hold the same', () => {
    const at = (path: string, seed: number) =>
      directory(path, [random(seed)], { dataset: { name: 'folder', path } });
    expect(mergeComparisons([at('/photos', 1), at('/home/photos', 2)])).toHaveLength(1);
  });

  it('takes a pretrained network at another place for the same where its checksum says so', () => {
    const from = (backbone: string, seed: number, checksum: Record<string, string>) =>
      directory(backbone, [random(seed)], {
        model: { name: 'pretrained', options: { backbone, ...checksum } },
      });
    const same = { checksum: 'ab' };
    expect(mergeComparisons([from('/a', 1, same), from('/b', 2, same)])).toHaveLength(1);
    expect(mergeComparisons([from('/a', 1, same), from('/b', 2, { checksum: 'cd' })])).toHaveLength(2);
    expect(mergeComparisons([from('/a', 1, {}), from('/b', 2, {})])).toHaveLength(2);
  });
});
