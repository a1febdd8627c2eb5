/** A help of the flags that matter, and `--help-all` for the rest. */
import { Help, Option } from 'commander';
import type { Command } from 'commander';

/** Flags that the short help always shows. */
const ALWAYS = ['--help', '--help-all'];

/**
 * Has a command's `--help` show some of its flags, and `--help-all` all of them.
 * @param shown long names of the flags, e.g. `--out`
 */
export function withShortHelp(command: Command, shown: readonly string[]): Command {
  let showsAll = false;
  const names = new Set([...shown, ...ALWAYS]);
  command
    .addOption(new Option('--help-all', 'show all flags'))
    .configureHelp({
      ...command.configureHelp(),
      visibleOptions(own) {
        const all = Help.prototype.visibleOptions.call(this, own);
        return showsAll ? all : all.filter(({ long }) => names.has(long ?? ''));
      },
    })
    .on('option:help-all', () => {
      showsAll = true;
      command.help();
    });
  return command;
}
