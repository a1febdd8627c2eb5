import { expect, it } from 'vitest';
import { resumeCommand } from './resume-command.js';

it.each([
  [['compare', '--preset', 'quick'], 'runs/quick', 'compare --resume --out runs/quick'],
  [['train', '--epochs', '3'], 'runs/train', 'train --resume --out runs/train'],
  [
    ['finetune', 'photos', '--cache', 'my cache'],
    'my runs/a',
    'finetune --resume --out "my runs/a" --cache "my cache"',
  ],
  [['compare', '--cache=c', '--resume'], 'runs/a', 'compare --resume --out runs/a --cache c'],
])(
  'After %j the hint goes on with the same command, in one word a path, and with the cache that was named',
  (words, dir, expected) => {
    expect(resumeCommand(dir, words)).toBe(`npx recency-bias ${expected}`);
  },
);
