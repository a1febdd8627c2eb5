/** A table of image files: a CSV file with the columns path and label, and perhaps split. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { readTexts } from './file-tree.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';
import { checkClasses, divide } from './image-folder.js';
import type { SplitOptions } from './image-folder.js';
import type { LabelledFiles, LabelledTree } from './labelled-files.js';

const EXPECTED = 'a first line `path,label` (or `path,label,split`) and a line an image';

const rowsSchema = z.array(
  z.object({
    record: z.object({ path: z.string(), label: z.string().min(1), split: z.string().optional() }),
    info: z.object({ lines: z.number() }),
  }),
);

type Row = z.infer<typeof rowsSchema>[number]['record'];

function parseRows(text: string, source: string): z.infer<typeof rowsSchema> {
  let parsed: unknown;
  try {
    parsed = parse(text, { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new DataError(`${source}: is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  const rows = rowsSchema.safeParse(parsed);
  if (!rows.success || rows.data.length === 0) throw new DataError(`${source}: expected ${EXPECTED}`);
  return rows.data;
}

/** Ascending: numbers by their value, else names as texts. */
function classesOf(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.map(({ label }) => label))];
  const areNumbers = names.every((name) => /^\d+$/.test(name));
  return areNumbers ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
}

/** Which rows are to test on; undefined where no row says so. */
function isTestOf(rows: z.infer<typeof rowsSchema>, source: string): ((row: Row) => boolean) | undefined {
  const [first] = rows;
  if (first?.record.split === undefined) return undefined;
  for (const { record, info } of rows) {
    if (record.split === 'train' || record.split === 'test') continue;
    throw new DataError(
      `${source}:${info.lines}: split is ${JSON.stringify(record.split)}; expected train or test`,
    );
  }
  return ({ split }) => split === 'test';
}

/**
 * Reads a table of images below its folder. Without a column `split`, a share of each class is held out.
 * @param file name of the table in the tree
 * @throws DataError naming the table, the line and the problem
 */
export async function readCsvImages(
  tree: FileTree,
  file: string,
  options: SplitOptions,
): Promise<LabelledTree> {
  const source = `${tree.title}/${file}`;
  const text = (await readTexts(tree, [file])).get(file);
  if (text === undefined) throw new DataError(`${source}: does not exist`);
  const rows = parseRows(text, source);
  const present = new Set(tree.paths);
  const seen = new Set<string>();
  for (const { record, info } of rows) {
    const path = record.path.replaceAll('\\', '/').replace(/^\.\//, '');
    if (!present.has(path)) {
      throw new DataError(
        `${source}:${info.lines}: names ${path}, which is not there; paths are relative to the table's folder`,
      );
    }
    if (seen.has(path)) throw new DataError(`${source}:${info.lines}: names ${path} for the second time`);
    seen.add(path);
    record.path = path;
  }
  const records = rows.map(({ record }) => record);
  const classNames = classesOf(records);
  if (classNames.length < 2)
    throw new DataError(`${source}: its images are of one class; at least two are needed`);
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const filesOf = (taken: readonly Row[]): LabelledFiles => ({
    paths: taken.map(({ path }) => path),
    labels: Int32Array.from(taken, ({ label }) => labelOf.get(label)!),
  });
  const isTest = isTestOf(rows, source);
  if (isTest === undefined) {
    const whole = filesOf(records);
    checkClasses(source, whole, classNames);
    const [train, test] = divide(whole, options);
    return { name: 'csv', classNames, train, test };
  }
  const [train, test] = [filesOf(records.filter((row) => !isTest(row))), filesOf(records.filter(isTest))];
  const untrained = classNames.find((_, label) => !train.labels.includes(label));
  if (untrained !== undefined)
    throw new DataError(`${source}: has no training image of the class ${untrained}`);
  if (test.paths.length === 0) throw new DataError(`${source}: has no test image`);
  return { name: 'csv', classNames, train, test };
}
