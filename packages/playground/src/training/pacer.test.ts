import { describe, expect, it } from 'vitest';
import { Lockstep } from './lockstep.js';
import { Pacer } from './pacer.js';

/** Whether a promise has resolved once all that is due has run. */
async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  return done;
}

describe('the pace', () => {
  it('holds a step while it is paused, and lets it go when it plays', async () => {
    const pacer = new Pacer({ paused: true, stepMs: 0 });
    const turn = pacer.turn();
    expect(await settled(turn)).toBe(false);
    pacer.set({ paused: false, stepMs: 0 });
    expect(await settled(turn)).toBe(true);
  });

  it('lets a step go that waits for its time when the pace becomes full', async () => {
    const pacer = new Pacer({ paused: false, stepMs: 1e6 });
    await pacer.turn();
    const second = pacer.turn();
    expect(await settled(second)).toBe(false);
    pacer.set({ paused: false, stepMs: 0 });
    expect(await settled(second)).toBe(true);
  });
});

describe('the lockstep', () => {
  it('holds the first to arrive until the other arrives too', async () => {
    const lockstep = new Lockstep();
    const first = lockstep.arrive();
    expect(await settled(first)).toBe(false);
    await lockstep.arrive();
    expect(await settled(first)).toBe(true);
  });

  it('holds nobody once the other has left', async () => {
    const lockstep = new Lockstep();
    const first = lockstep.arrive();
    lockstep.leave();
    expect(await settled(first)).toBe(true);
    expect(await settled(lockstep.arrive())).toBe(true);
  });
});
