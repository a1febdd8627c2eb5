/**
 * Makes the tables of docs/choosing.md and docs/reproduction.md from the records:
 *
 *     npm run tables
 */
import { readFile, writeFile } from 'node:fs/promises';
import { documentWithTables, DOCUMENTS } from './document-tables.js';

/** Writes the documents. */
export async function run(): Promise<void> {
  for (const path of DOCUMENTS)
    await writeFile(path, await documentWithTables(path, await readFile(path, 'utf8')));
}
