import { CommandError, formatError } from './errors.js';
import { watchOutput } from './interrupt.js';
import { createProgram } from './program.js';

watchOutput();
const verbose = process.argv.includes('--verbose') || Boolean(process.env.DEBUG);

try {
  await createProgram().parseAsync();
} catch (error) {
  process.stderr.write(`${formatError(error, verbose)}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
