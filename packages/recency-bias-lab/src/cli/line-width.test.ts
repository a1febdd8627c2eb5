import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolvedPreset } from '../../test/support/presets.js';
import { presetNames } from '../experiment/document/presets.js';
import { complete } from './late-help.js';
import { LINE_WIDTH, wrap, wrapHelp } from './line-width.js';
import { describePlan } from './plan.js';
import { createProgram } from './program.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const tooLong = (text: string): string[] => text.split('\n').filter(({ length }) => length > LINE_WIDTH);

/** The help of a command as it is printed. */
async function helpOf(command: Command): Promise<string> {
  await complete(command);
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  command.outputHelp();
  vi.restoreAllMocks();
  return printed;
}

describe('no line is longer than 100 columns', () => {
  it('of the help of any command', async () => {
    const program = createProgram();
    const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: own }) => own)];
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands) {
      const help = await helpOf(command);
      expect(help).toContain('Usage: ');
      expect([command.name(), tooLong(help)]).toEqual([command.name(), []]);
    }
  });

  it.each(presetNames())('of the plan of the preset %s', async (name) => {
    const printed = describePlan(await resolvedPreset(name), {
      dir: `runs/${name}`,
      jobs: 2,
      complete: new Set(['warmup-seed1']),
      inputs: new Map(),
    });
    const plan = stripVTControlCharacters(printed); // colours take no column
    expect(plan).toMatch(/^ {2}training {3}/m);
    expect(tooLong(plan)).toEqual([]);
  });
});

describe('wrapping', () => {
  it('breaks between words, and leaves a word whole that is longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('a /path/longer/than/that b', 8)).toEqual(['a', '/path/longer/than/that', 'b']);
  });

  it('keeps the indent of help, and commands to copy on one line', () => {
    const word = 'word '.repeat(30).trim();
    const command = `  npx recency-bias compare ${word}`;
    expect(wrapHelp(`short\n  ${word}\n${command}`, 'npx recency-bias').split('\n')).toEqual([
      'short',
      `  ${'word '.repeat(19).trim()}`,
      `  ${'word '.repeat(11).trim()}`,
      command,
    ]);
  });
});
