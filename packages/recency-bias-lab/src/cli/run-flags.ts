/** Flags of the commands that train the runs of an experiment. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { startProcessAhead } from '../experiment/processes/run-in-child.js';
import { startedAs } from '../ground/command.js';
import type { ExperimentFlags } from './experiment-flags.js';
import { parseNumber } from './flag-numbers.js';

/** Where what is fetched and computed is kept. */
export const cacheFlag = [
  '--cache <dir>',
  'folder for downloaded data (default: $RECENCY_BIAS_CACHE or the user cache)',
] as const;

/** Where a page is served. */
export const portFlag = [
  '--port <n>',
  'port of the page (default: 4870; where it is taken, the next free one)',
  parseNumber,
] as const;

/** Flags of `compare`, `train` and `finetune`. */
export interface RunFlags extends ExperimentFlags {
  preset?: string;
  out?: string;
  resume?: boolean;
  jobs?: number;
  cache?: string;
  dryRun?: boolean;
  saveEvery?: number;
  force?: boolean;
  watch?: boolean;
  port?: number;
  verbose?: boolean;
  tensorboard?: string;
  shard?: string;
}

/** Adds the flags to a command, those of the experiment aside. Its first process starts while the command itself is read. */
export function addRunFlags(command: Command): Command {
  return command
    .hook('preAction', startProcessAhead)
    .option(
      '--preset <name>',
      `begin with an experiment that comes with the package (see \`${startedAs()} presets\`)`,
    )
    .option('--out <dir>', 'output directory (default: runs/<name>)')
    .option('--resume', 'go on with what the output directory holds')
    .option('--force', 'take the output directory from a process that holds it, or seems to')
    .option('--jobs <n>', 'runs at a time (default: the number of cores)', parseNumber)
    .option(...cacheFlag)
    .option('--dry-run', 'say what would be done, and stop')
    .addOption(
      new Option(
        '--save-every <seconds>',
        'save within an epoch when so much time has passed (default: 10)',
      ).argParser(parseNumber),
    )
    .option(
      '--shard <i/n>',
      'train the i-th of n parts of the runs; auto: as the array job says in which this is',
    )
    .option('--tensorboard <dir>', 'write event files of TensorBoard into a log folder, while runs train')
    .option('--watch', 'show the runs on a local page while they train')
    .option(...portFlag)
    .option('--verbose', 'show stack traces of errors');
}
