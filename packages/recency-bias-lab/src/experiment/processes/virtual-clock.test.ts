import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('wakes sleepers in the order of their times, also those that fall asleep later', async () => {
    const clock = new VirtualClock();
    const log: [name: string, at: number][] = [];
    const walk = async (name: string, naps: readonly number[]): Promise<void> => {
      for (const seconds of naps) {
        await clock.sleep(seconds);
        log.push([name, clock.seconds]);
      }
    };
    await clock.run(Promise.all([walk('a', [3, 1000]), walk('b', [2, 2])]));
    expect(log).toEqual([
      ['b', 2],
      ['a', 3],
      ['b', 4],
      ['a', 1003],
    ]);
  });

  it('stands still where nothing sleeps, and passes on what the work ends with', async () => {
    const clock = new VirtualClock();
    expect(await clock.run(Promise.resolve('done'))).toBe('done');
    await expect(clock.run(Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clock.seconds).toBe(0);
  });
});
