import { describe, expect, it } from 'vitest';
import { estimate, EstimateError, makespan, taskSeconds } from './estimate.js';
import { parseExperiment, resolveExperiment } from '../document/resolve.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { runTasks } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';

function resolved(changes: Record<string, unknown> = {}): ResolvedExperiment {
  const selectors = { random: 'uniform', picky: 'selective-backprop' };
  const input = { dataset: 'mnist', epochs: 5, warmupEpochs: 2, batchSize: 100, selectors, ...changes };
  return resolveExperiment(parseExperiment(input), { trainSize: 1000, testSize: 300, classes: 10 });
}

describe('taskSeconds', () => {
  const parts = { start: 7, step: 0.5, ownStep: { picky: 1 }, evaluation: 0.01, save: 0.2 };

  it('counts the start, and steps, evaluation and saving of the epochs that the task trains', () => {
    const experiment = resolved({ probeSize: 100 });
    const [warmup, random, picky] = runTasks(experiment).map((task) =>
      taskSeconds(task, experiment, parts, 2.5),
    );
    // 10 steps of 0.5 s, 400 samples, a save at the end and two in between
    const epoch = 5 + 4 + 3 * 0.2;
    expect(warmup).toBeCloseTo(7 + 2 * epoch);
    expect(random).toBeCloseTo(7 + 3 * epoch);
    expect(picky).toBeCloseTo(7 + 3 * (10 + 4 + 5 * 0.2));
  });

  it('counts the features of a probe, once, and no steps of it where the network is trained after it', () => {
    const probed = resolved({
      probeSize: 100,
      probe: { epochs: 3 },
      augmentation: { name: 'none', flip: true },
    });
    const [warmup, random] = runTasks(probed).map((task) => taskSeconds(task, probed, parts, 2.5));
    expect(warmup).toBeCloseTo(7 + (2 * 1000 + 300) * 0.01);
    expect(random).toBeCloseTo(7 + 2 * (5 + 4 + 3 * 0.2)); // epochs 4 and 5
    const alone = resolved({ probeSize: 100, probe: { epochs: 5 } });
    expect(taskSeconds(runTasks(alone)[0]!, alone, parts, 2.5)).toBeCloseTo(7 + 2 * (5 + 4 + 3 * 0.2));
  });

  it('saves at most once a step', () => {
    const experiment = resolved({ probeSize: 100 });
    const [warmup] = runTasks(experiment);
    expect(taskSeconds(warmup!, experiment, parts, 0)).toBeCloseTo(7 + 2 * (5 + 4 + 11 * 0.2));
  });
});

describe('makespan', () => {
  const tasks = runTasks(resolved({ seeds: [1, 2] }));
  const secondsOf = (task: RunTask): number =>
    task.kind === 'warmup' ? 2 : task.selector === 'random' ? 3 : 4;

  it('is the sum with one run at a time', async () => {
    expect(await makespan(tasks, secondsOf, 1)).toBe(2 * (2 + 3 + 4));
  });

  it('lets runs wait for their warm-up, and starts the next when one ends', async () => {
    // warm-ups until 2; random 1 until 5 and picky 1 until 6; random 2 until 8, picky 2 until 10
    expect(await makespan(tasks, secondsOf, 2)).toBe(10);
    expect(await makespan(tasks, secondsOf, 100)).toBe(2 + 4);
  });

  it('does not wait for warm-ups that are complete', async () => {
    expect(
      await makespan(
        tasks.filter(({ kind }) => kind === 'run'),
        secondsOf,
        100,
      ),
    ).toBe(4);
  });
});

describe('estimate', () => {
  it('says how the measuring process ended where it says nothing itself', async () => {
    const experiment = resolved();
    // The process is a compiled file, which does not lie beside this source.
    const made = estimate(experiment, runTasks(experiment), {
      jobs: 2,
      saveEverySeconds: 10,
      cache: 'cache',
      inputs: new Map(),
    });
    await expect(made).rejects.toThrow(new EstimateError('the measuring process ended with exit code 1'));
  });
});
