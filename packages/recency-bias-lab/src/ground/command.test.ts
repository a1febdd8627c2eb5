import { describe, expect, it } from 'vitest';
import { commandName, quoted } from './command.js';

const cwd = '/home/ann/photos';

describe('the command in hints', () => {
  it.each([
    ['/usr/bin/recency-bias', { PATH: '/bin:/usr/bin' }, 'recency-bias'],
    ['/home/ann/photos/node_modules/.bin/recency-bias', { npm_command: 'exec' }, 'npx recency-bias'],
    [
      '/repo/packages/recency-bias-lab/bin/recency-bias.mjs',
      { npm_lifecycle_event: 'start' },
      'npx recency-bias',
    ],
    [
      '/home/ann/photos/node_modules/.bin/recency-bias',
      { PATH: '/usr/bin' },
      'node node_modules/.bin/recency-bias',
    ],
    ['/home/ann/lab/bin/recency-bias.mjs', {}, 'node ../lab/bin/recency-bias.mjs'],
    ['/r/bin/recency-bias.mjs', {}, 'node /r/bin/recency-bias.mjs'],
    ['/home/ann/my lab/bin/recency-bias.mjs', {}, 'node "../my lab/bin/recency-bias.mjs"'],
    ['/repo/dist/experiment/processes/worker.js', {}, 'npx recency-bias'],
    [undefined, {}, 'npx recency-bias'],
  ])('of %s with %o is %s', (script, env, words) => {
    expect(commandName({ script, env, cwd })).toBe(words);
  });

  it("has a word of the user's as a shell takes it for one word", () => {
    expect(['runs/a-1', 'my runs/a', 'cost $5 "a"'].map(quoted)).toEqual([
      'runs/a-1',
      '"my runs/a"',
      String.raw`"cost \$5 \"a\""`,
    ]);
  });
});
