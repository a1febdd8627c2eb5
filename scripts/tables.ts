/**
 * Makes the tables of docs/choosing.md, docs/reproduction.md and docs/regimes.md from the records, and the map of regimes as pictures:
 *
 *     npm run tables
 */
import { readFile, writeFile } from 'node:fs/promises';
import {
  documentWithTables,
  DOCUMENTS,
  REGIME_FIGURE,
  REGIMES_DOCUMENT,
  regimesDocument,
  SHORT_REGIME_FIGURE,
} from './document-tables.js';
import { readRegimes, rowsOf, shortRows } from './regimes/analysis.js';
import { LATER, MAP } from './regimes/cells.js';
import { regimeFigure } from './regimes/figure.js';

/** Writes the documents. */
export async function run(): Promise<void> {
  for (const path of DOCUMENTS)
    await writeFile(path, await documentWithTables(path, await readFile(path, 'utf8')));
  const records = await readRegimes('records', MAP);
  const later = await readRegimes('records', LATER);
  const document = await readFile(REGIMES_DOCUMENT, 'utf8');
  await writeFile(REGIMES_DOCUMENT, await regimesDocument(REGIMES_DOCUMENT, document, records, later));
  await writeFile(REGIME_FIGURE, regimeFigure(rowsOf(records)));
  await writeFile(SHORT_REGIME_FIGURE, regimeFigure(shortRows(records)));
}
