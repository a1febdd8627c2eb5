/** `recency-bias init`: files to begin an experiment of one's own with. */
import { copyFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quoted, startedAs } from '../ground/command.js';
import { makeDirectory } from '../ground/make-directory.js';
import { writeProblem } from '../records/run-writer.js';
import { CommandError } from './errors.js';

const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));

/** Writes an experiment file, a selector, a model and a README into a folder; files that are there stay as they are. */
export async function init(dir = '.'): Promise<void> {
  const files = (await readdir(TEMPLATES)).sort();
  const taken = files.find((file) => existsSync(join(dir, file)));
  if (taken !== undefined) {
    throw new CommandError(`${join(dir, taken)}: is there already; choose another folder, or move it away`);
  }
  try {
    await makeDirectory(dir);
    for (const file of files) await copyFile(join(TEMPLATES, file), join(dir, file));
  } catch (error) {
    throw writeProblem(error, dir);
  }
  const experiment = join(dir, 'experiment.yaml');
  process.stdout.write(
    `${files.map((file) => join(dir, file)).join('\n')}\n\nTrain with \`${startedAs()} compare ${quoted(experiment)}\`\n`,
  );
}
