import { describe, expect, it } from 'vitest';
import { courses, run } from '../../../test/support/records.js';
import { selectorCurves } from './curves.js';

describe('learning curves', () => {
  it('give the mean and standard error over seeds, epoch by epoch', () => {
    const [curves] = selectorCurves(
      ['a'],
      courses(run([0.4, 0.2], { selector: 'a', seed: 1 }), run([0.2, 0.2], { selector: 'a', seed: 2 })),
    );
    expect(curves!.mean.epoch).toEqual([1, 2]);
    expect(curves!.mean.seconds).toEqual([10, 20]);
    expect(curves!.mean.passes).toEqual([1, 2]);
    // Records without steps are of full epochs: 1,000 samples in batches of 100.
    expect(curves!.mean.steps).toEqual([10, 20]);
    expect(curves!.mean.testError).toEqual({ mean: [0.3, 0.2], standardError: [0.1, 0] });
    expect(curves!.seeds.map(({ testError }) => testError)).toEqual([
      [0.4, 0.2],
      [0.2, 0.2],
    ]);
  });

  it('take the mean only over epochs that every seed has reached', () => {
    const [curves] = selectorCurves(
      ['a'],
      courses(
        run([0.4, 0.2], { selector: 'a', seed: 1 }, false),
        run([0.2], { selector: 'a', seed: 2 }, false),
      ),
    );
    expect(curves!.mean.epoch).toEqual([1]);
    expect(curves!.seeds[0]!.epoch).toEqual([1, 2]);
  });

  it('know what was trained and what was scored: a method that scores is further along in passes', () => {
    const scoring = run([0.4, 0.2], { selector: 'a' });
    const epochs = scoring.epochs.map((event) => ({
      ...event,
      steps: 4 * event.epoch,
      trainedSamples: 400 * event.epoch,
      scoredSamples: 3000 * event.epoch,
    }));
    const [curves] = selectorCurves(['a'], courses({ ...scoring, epochs }));
    const { steps, trained, scored, passes } = curves!.mean;
    expect({ steps, trained, scored, passes }).toEqual({
      steps: [4, 8],
      trained: [400, 800],
      scored: [3000, 6000],
      passes: [3.4, 6.8],
    });
  });

  it('have no band for one seed and no rows for a selector without runs', () => {
    const [a, b] = selectorCurves(['a', 'b'], courses(run([0.4], { selector: 'a' })));
    expect(a!.mean.testError.standardError).toEqual([null]);
    expect(b!.seeds).toEqual([]);
    expect(b!.mean.epoch).toEqual([]);
  });
});
