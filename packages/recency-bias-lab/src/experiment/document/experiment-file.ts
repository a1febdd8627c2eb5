/** Reads experiment files, and writes experiment.json of a comparison. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Pair, visitorFn } from 'yaml';
import { writeMethodInputs } from './method-inputs.js';
import type { MethodInputs } from './method-inputs.js';
import { makeDirectory } from '../../ground/make-directory.js';
import { replaceFile } from '../../ground/replace-file.js';
import { writeProblem } from '../../records/run-writer.js';
import { loadPlugins, selectorNames } from '../../plugins/loaded-plugins.js';
import type { NamedParts } from '../../plugins/loaded-plugins.js';
import { isPluginPath, pluginPath } from '../../plugins/plugin-path.js';
import { presetPath } from './presets.js';
import { inputOption } from './named-selectors.js';
import { ExperimentError, shortJson } from '../../ground/experiment-error.js';
import type { ResolvedExperiment } from './resolve.js';

/** A YAML or JSON file as a document, which keeps its comments. */
async function readDocument(path: string): Promise<Document> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
    throw new ExperimentError([`${path}: ${reason}; give an experiment file, or --preset <name>`]);
  }
  const document = parseDocument(text); // JSON is YAML
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos === undefined ? '' : `:${error.linePos[0].line}`;
    const [reason = ''] = error.message.split('\n');
    throw new ExperimentError([`${path}${line}: is not valid YAML: ${reason.replace(/ at line.*$/, '')}`]);
  }
  anchorModules(document, dirname(path));
  await anchorInputs(document, dirname(path));
  return document;
}

/** The options of a document's selectors that are read from files. */
async function inputOptionsOf(document: Document): Promise<Set<string>> {
  const { selectors, grid } = document.toJS() as NamedParts;
  // The error of a module is told where the module is used: a flag may put another in its place.
  await loadPlugins({ selectors, grid }).catch(() => undefined);
  return new Set(selectorNames({ selectors, grid }).flatMap((name) => inputOption(name) ?? []));
}

/** Makes paths of methods' inputs, which are relative to the file that names them, absolute. */
async function anchorInputs(document: Document, folder: string): Promise<void> {
  if (!isMap(document.contents)) return;
  const options = await inputOptionsOf(document);
  const anchor: visitorFn<Pair> = (_, { key, value }) => {
    if (!isScalar(key) || typeof key.value !== 'string' || !options.has(key.value)) return;
    const file = isMap(value) ? value.get('file', true) : value;
    if (isScalar(file) && typeof file.value === 'string') file.value = resolve(folder, file.value);
  };
  for (const field of ['selectors', 'grid']) {
    const node = document.get(field, true);
    if (isMap(node)) visit(node, { Pair: anchor });
  }
}

/** Makes paths of modules, which are relative to the file that names them, relative to the working directory. */
function anchorModules(document: Document, folder: string): void {
  const anchor = (node: unknown): void => {
    if (isScalar(node) && isPluginPath(node.value)) node.value = pluginPath(node.value, folder);
    else if (isMap(node)) anchor(node.get('name', true));
  };
  const selectors = document.get('selectors', true);
  if (isMap(selectors)) for (const { value } of selectors.items) anchor(value);
  for (const path of [['model'], ['dataset'], ['grid', 'selector']]) anchor(document.getIn(path, true));
}

/** Fields of which an experiment has one: the length given replaces that of the experiment extended. */
const LENGTHS = ['epochs', 'iterations'];

/**
 * The document with the preset that its field `extends` names: each field given replaces that of the preset as a whole.
 * @param source how to name the document in errors
 */
async function extend(document: Document, source: string): Promise<Document> {
  const { contents } = document;
  const base = document.get('extends');
  if (!isMap(contents) || base === undefined) return document;
  if (typeof base !== 'string') {
    throw new ExperimentError([`extends: is ${shortJson(base)}; expected the name of a preset`], source);
  }
  const preset = await readWhole(presetPath(base, `${source}: extends`));
  document.delete('extends');
  const inherited = isMap(preset.contents) ? preset.contents.items : [];
  const isGiven = (field: string): boolean =>
    document.has(field) || (LENGTHS.includes(field) && LENGTHS.some((length) => document.has(length)));
  const added = inherited.filter(({ key }) => !isGiven(String(key)));
  const [head] = inherited;
  const [first] = added;
  // The comment at the head of the preset stays there.
  if (isScalar(head?.key) && isScalar(first?.key)) first.key.commentBefore ??= head.key.commentBefore ?? null;
  for (const item of added) contents.items.push(item);
  return document;
}

async function readWhole(path: string): Promise<Document> {
  return extend(await readDocument(path), path);
}

/**
 * Reads a YAML or JSON file as plain data, with the preset that it extends; what it means is checked by `parseExperiment`.
 * @throws ExperimentError when the file cannot be read or is neither, or extends what is not known.
 */
export async function readExperimentFile(path: string): Promise<unknown> {
  return (await readWhole(path)).toJS() as unknown;
}

/**
 * The text of a preset as YAML, with what it extends.
 * @param field what named it, for the error
 * @throws ExperimentError for a name that does not exist.
 */
export async function readPresetText(name: string, field: string): Promise<string> {
  return (await readWhole(presetPath(name, field))).toString({ lineWidth: 120 });
}

/** The file of a comparison directory that holds its experiment. */
export const experimentPath = (out: string): string => join(out, 'experiment.json');

/** The experiment of a comparison directory; undefined when there is none. */
export async function readComparisonExperiment(out: string): Promise<unknown> {
  const path = experimentPath(out);
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

/** Writes experiment.json and the files that its selectors read, making the directory if need be. */
export async function writeComparisonExperiment(
  out: string,
  experiment: ResolvedExperiment,
  inputs: MethodInputs,
): Promise<void> {
  const path = experimentPath(out);
  try {
    await makeDirectory(out);
    await writeMethodInputs(out, inputs);
    await replaceFile(path, `${JSON.stringify(experiment, null, 2)}\n`);
  } catch (error) {
    throw writeProblem(error, out);
  }
}
