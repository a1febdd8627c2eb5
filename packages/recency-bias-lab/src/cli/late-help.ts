/** Flags and help that commands get when they are given, so that the others start without loading what these need. */
import type { Command } from 'commander';

/**
 * The parts of a command that are made only when it is about to run or to be explained. The names in its help are those of
 * methods and models, for which TensorFlow.js must be loaded.
 */
const completions = new WeakMap<Command, () => Promise<void>>();

/** Adds to a command what it lacks so far. */
export async function complete(command: Command): Promise<void> {
  await completions.get(command)?.();
  completions.delete(command);
}

/** Adds the flags of the experiment, and the names of the presets for commands that take `--preset`. */
export function withExperiment(
  command: Command,
  selectors: 'none' | 'one' | 'several',
  { presets }: { readonly presets: boolean },
): Command {
  completions.set(command, async () => {
    const { addExperimentFlags } = await import('./experiment-flags.js');
    addExperimentFlags(command, selectors);
    if (!presets) return;
    const { presetsHelp } = await import('./presets.js');
    command.addHelpText('after', presetsHelp());
  });
  return command;
}
