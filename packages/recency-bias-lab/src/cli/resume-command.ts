/** How a command is told to go on with what it left. */
import { startedAs } from '../ground/command.js';

/** The command that goes on with a directory, in the words in which this process was started. */
export function resumeCommand(dir: string): string {
  const command = process.argv[2] === 'finetune' || process.argv[2] === 'train' ? process.argv[2] : 'compare';
  const words = process.argv.slice(2).filter((word) => word !== '--resume');
  const byNpm = process.env.npm_lifecycle_event === 'start';
  if (byNpm && words.join(' ') === 'compare --preset quick') return 'npm start -- --resume';
  return `${startedAs()} ${command} --resume --out ${dir}`;
}
