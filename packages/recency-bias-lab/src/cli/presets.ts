/** `recency-bias presets`. */
import pc from 'picocolors';
import { startedAs } from '../ground/command.js';
import { readExperimentFile, readPresetText } from '../experiment/document/experiment-file.js';
import { presetGroups, presetPath } from '../experiment/document/presets.js';
import { largest } from '../ground/extremes.js';

/** The content of the preset that `--preset` names. */
export function readPreset(name: string): Promise<unknown> {
  return readExperimentFile(presetPath(name, '--preset'));
}

async function describe(name: string): Promise<string> {
  const content = await readExperimentFile(presetPath(name, name));
  const described = typeof content === 'object' && content !== null && 'description' in content;
  return described ? String(content.description) : '';
}

/** Lists the presets with their descriptions, group by group. */
export async function listPresets(): Promise<void> {
  const groups = presetGroups().map(async (names) => {
    const width = largest(names.map(({ length }) => length));
    const lines = names.map(async (name) => `${pc.bold(name.padEnd(width))}  ${await describe(name)}\n`);
    return (await Promise.all(lines)).join('');
  });
  process.stdout.write((await Promise.all(groups)).join('\n'));
}

/** Prints a preset as an experiment file, complete with what it extends. */
export async function showPreset(name: string): Promise<void> {
  process.stdout.write(await readPresetText(name, 'presets show'));
}

/** The names for the help of a command: a line a group. */
export function presetsHelp(): string {
  const lines = presetGroups().map((names) => `\n  ${names.join(', ')}`);
  return `\nPresets (described by \`${startedAs()} presets\`, printed by \`${startedAs()} presets show <name>\`):${lines.join('')}`;
}
