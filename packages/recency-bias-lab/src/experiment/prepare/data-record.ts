/** data.json of a comparison: the files that its data consisted of when it began. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileDifferences } from '../../data/identity.js';
import type { DataIdentity } from '../../data/identity.js';
import { replaceFile } from '../../ground/replace-file.js';
import { ExperimentError } from '../../ground/experiment-error.js';

const FILE = 'data.json';

const files = z.record(z.string(), z.string());
const schema = z.object({ version: z.literal(1), fingerprint: z.string(), train: files, test: files });

/** Writes down which files the data are, unless that is there already or they are no files. */
export async function writeDataRecord(dir: string, { fingerprint, files }: DataIdentity): Promise<void> {
  const path = join(dir, FILE);
  if (files === undefined || existsSync(path)) return;
  const [train, test] = [files.train, files.test].map((part) => Object.fromEntries(part));
  await replaceFile(path, `${JSON.stringify({ version: 1, fingerprint, train, test }, null, 1)}\n`);
}

/** The files of a comparison's data as they were; undefined where nobody wrote them down, or other ones. */
async function recordedFiles(dir: string, fingerprint: string): Promise<DataIdentity['files']> {
  try {
    const record = schema.parse(JSON.parse(await readFile(join(dir, FILE), 'utf8')));
    if (record.fingerprint !== fingerprint) return undefined;
    const [train, test] = [record.train, record.test].map((part) => new Map(Object.entries(part)));
    return { train: train!, test: test! };
  } catch {
    return undefined; // the fingerprint alone says that they differ
  }
}

/**
 * Refuses data that are not those of an experiment.
 * @param title how to name them
 * @param expected their fingerprint; undefined where the experiment is new, or of a version that made none
 * @param dir directory of the comparison, to say what differs
 * @throws ExperimentError saying which files were added, removed, renamed or changed, and which would change sides
 */
export async function checkData(
  title: string,
  expected: string | undefined,
  now: DataIdentity,
  dir?: string,
): Promise<void> {
  if (expected === undefined || expected === now.fingerprint) return;
  const before = dir === undefined ? undefined : await recordedFiles(dir, expected);
  const known = before === undefined || now.files === undefined ? [] : fileDifferences(before, now.files);
  const what = known.length === 0 ? 'its samples, classes or division differ' : known.join('; ');
  throw new ExperimentError([
    `${title}: is not the data with which the experiment began: ${what}. Put it back as it was, or begin anew with another --out`,
  ]);
}
