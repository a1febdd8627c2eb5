import { describe, expect, it } from 'vitest';
import { comparison, epochEvent, header, run } from '../../../test/support/records.js';
import { selectorCurves } from './curves.js';
import { timeReduction } from './time-reduction.js';
import { trajectories } from './trajectory.js';

/** A run whose epochs took `factor` of the wall clock's 10 seconds on the processor. */
function timed(
  errors: readonly number[],
  factor: number | undefined,
  fields: Parameters<typeof run>[1] = {},
) {
  const made = run(errors, fields);
  if (factor === undefined) return made;
  return {
    ...made,
    epochs: made.epochs.map((event) =>
      epochEvent(event.epoch, event.testError, { processorSeconds: 10 * event.epoch * factor }),
    ),
  };
}

const clockOf = (...runs: ReturnType<typeof timed>[]) => trajectories(comparison(runs))[0]!.clock;

describe('the clock of a comparison', () => {
  it('is processor time where every run recorded it', () => {
    const courses = trajectories(
      comparison([timed([0.5, 0.2], 0.5, { selector: 'm' }), timed([0.2, 0.5], 0.4, { selector: 'r' })]),
    );
    expect(courses.map(({ clock }) => clock)).toEqual(['processor', 'processor']);
    expect(timeReduction('r', 'm', courses, 'seconds').seeds[0]).toMatchObject({ reference: 10, own: 4 });
    expect(selectorCurves(['r'], courses)[0]!.mean.seconds).toEqual([4, 8]);
  });

  it('is the clock on the wall where one run did not record it', () => {
    expect(clockOf(timed([0.2], 0.5), timed([0.2], undefined, { seed: 2 }))).toBe('wall');
  });

  it('is the clock on the wall where several threads or another device trained', () => {
    expect(clockOf(timed([0.2], 1.05))).toBe('processor');
    expect(clockOf(timed([0.2], 1.5))).toBe('wall');
    const { environment } = header();
    expect(clockOf(timed([0.2], 0.5, { environment: { ...environment, backend: 'webgpu' } }))).toBe('wall');
  });

  it('includes the warm-up', () => {
    const warmup = run([0.9], { kind: 'warmup', selector: 'warmup', warmupEpochs: 1 });
    const own = timed([0.2], 0.5, { warmupEpochs: 1 });
    expect(trajectories(comparison([own], { warmups: [warmup] }))[0]!.clock).toBe('wall');
  });
});
