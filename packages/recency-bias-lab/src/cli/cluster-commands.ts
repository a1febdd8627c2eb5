/** The commands for comparisons that are spread over machines. */
import type { Command } from 'commander';
import { parseNumber } from './flag-numbers.js';
import type { SubmitFlags } from './submit.js';

/** Adds `submit` and `status`. */
export function addClusterCommands(program: Command): void {
  program
    .command('submit')
    .description('give a comparison to a cluster: an array of shards, and a report when they have ended')
    .argument('<file>', 'experiment file (YAML or JSON)')
    .option('--slurm', 'as an array job of SLURM')
    .option('--print', 'print the batch scripts and submit nothing')
    .option('--out <dir>', 'output directory, which all nodes see (default: runs/<name>)')
    .option('--shards <n>', 'parts of the runs (default: one a seed)', parseNumber)
    .option('--jobs <n>', 'runs at a time in a shard, and its cores (default: 2)', parseNumber)
    .option('--partition <name>', 'partition of the cluster')
    .option('--time <limit>', 'time limit of a shard, as SLURM has it: 04:00:00')
    .option('--memory <size>', 'memory of a shard, as SLURM has it: 8G')
    .action(async (file: string, flags: SubmitFlags) => (await import('./submit.js')).submit(file, flags));

  program
    .command('status')
    .description('say which runs of a comparison are done, running, waiting or failed')
    .argument('<dir>', 'output directory')
    .option(
      '--shards <n>',
      'name the shards of n of which runs are missing (default: as many as were last given)',
      parseNumber,
    )
    .action(async (dir: string, flags: { shards?: number }) =>
      (await import('./status.js')).printStatus(dir, flags),
    );
}
