/** Reading a file of a record, with messages that name it. */
import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { RecordError } from '../ground/record-error.js';
import { systemWords } from '../ground/system-error.js';
import { RECORD_VERSION, runEventSchema } from './schema.js';
import type { RunEvent } from './schema.js';

/** Of thousands of small files this one is the quicker one. */
const read = promisify(readFile);

/** Reads a text file; undefined when it does not exist. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await read(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RecordError(`${path}: cannot be read (${systemWords(error)})`);
  }
}

/** First problem of a failed validation as `field: message`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'does not match the schema';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/**
 * Parses JSON.
 * @throws RecordError naming `where`.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordError(`${where}: is not valid JSON`);
  }
}

/** Refuses records of a newer program with a better message than a failed literal. */
export function refuseNewer(value: unknown, where: string): void {
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > RECORD_VERSION) {
    throw new RecordError(
      `${where}: record version ${version} is newer than ${RECORD_VERSION}, the newest this program reads; update recency-bias-lab`,
    );
  }
}

/**
 * A value as an event of a run.
 * @throws RecordError naming `where`.
 */
export function toEvent(value: unknown, where: string): RunEvent {
  const parsed = runEventSchema.safeParse(value);
  if (!parsed.success) throw new RecordError(`${where}: ${firstIssue(parsed.error)}`);
  return parsed.data;
}
