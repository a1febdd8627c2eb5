/** Reads experiment files, and writes experiment.json of a comparison. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { loadExperimentData } from './load-data.js';
import { makeDirectory } from '../records/make-directory.js';
import { replaceFile } from '../records/replace-file.js';
import { writeProblem } from '../records/run-writer.js';
import { ExperimentError } from './problems.js';
import { parseExperiment, resolveExperiment } from './resolve.js';
import type { ResolvedExperiment } from './resolve.js';

/**
 * Reads a YAML or JSON file as plain data; what it means is checked by `parseExperiment`.
 * @throws ExperimentError when the file cannot be read or is neither.
 */
export async function readExperimentFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
    throw new ExperimentError([`${path}: ${reason}; give an experiment file, or --preset <name>`]);
  }
  try {
    return parseYaml(text) as unknown; // JSON is YAML
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos === undefined ? '' : `:${error.linePos[0].line}`;
    const [reason = ''] = error.message.split('\n');
    throw new ExperimentError([`${path}${line}: is not valid YAML: ${reason.replace(/ at line.*$/, '')}`]);
  }
}

const fileOf = (out: string): string => join(out, 'experiment.json');

/** The experiment of a comparison directory; undefined when there is none. */
export async function readComparisonExperiment(out: string): Promise<unknown> {
  const path = fileOf(out);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw writeProblem(error, path);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ExperimentError([`${path}: is not valid JSON; delete ${out} or choose another --out`]);
  }
}

/** Writes experiment.json, making the directory if need be. */
export async function writeComparisonExperiment(out: string, experiment: ResolvedExperiment): Promise<void> {
  const path = fileOf(out);
  try {
    await makeDirectory(out);
    await replaceFile(path, `${JSON.stringify(experiment, null, 2)}\n`);
  } catch (error) {
    throw writeProblem(error, out);
  }
}

/** The experiment of a comparison directory with its data in memory, for a worker process. */
export async function openComparison(
  out: string,
  cache: string,
): Promise<
  { experiment: ResolvedExperiment } & Pick<Awaited<ReturnType<typeof loadExperimentData>>, 'dataset'>
> {
  const parsed = parseExperiment(await readComparisonExperiment(out), fileOf(out));
  const { dataset, size } = await loadExperimentData(parsed, { cache });
  return { experiment: resolveExperiment(parsed, size), dataset };
}
