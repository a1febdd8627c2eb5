/** How a command is told to go on with what it left. */
import { quoted, startedAs } from '../ground/command.js';

/** The cache that was named, which no experiment file keeps. */
function namedCache(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '--cache' || word.startsWith('--cache='));
  if (at < 0) return '';
  const value = words[at] === '--cache' ? words[at + 1] : words[at]!.slice('--cache='.length);
  return value === undefined ? '' : ` --cache ${quoted(value)}`;
}

/**
 * The command that goes on with a directory, in the words in which this process was started.
 * @param words what followed the program's name
 */
export function resumeCommand(dir: string, words: readonly string[] = process.argv.slice(2)): string {
  const [name] = words;
  const command = name === 'finetune' || name === 'train' ? name : 'compare';
  const others = words.filter((word) => word !== '--resume');
  const byNpm = process.env.npm_lifecycle_event === 'start';
  if (byNpm && others.join(' ') === 'compare --preset quick') return 'npm start -- --resume';
  return `${startedAs()} ${command} --resume --out ${quoted(dir)}${namedCache(words)}`;
}
