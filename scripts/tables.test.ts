import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { namedComparisons } from '../packages/recency-bias-lab/src/report/markdown/documents.js';
import { documentWithTables, DOCUMENTS } from './document-tables.js';

const root = fileURLToPath(new URL('..', import.meta.url));

it.each(DOCUMENTS)('%s has its tables as the committed records give them', async (name) => {
  const path = `${root}${name}`;
  const committed = readFileSync(path, 'utf8');
  expect(namedComparisons(committed).length, 'no table is found').toBeGreaterThan(1);
  const made = await documentWithTables(path, committed, `${root}records`);
  expect(committed, 'run `npm run tables`').toBe(made);
  expect(committed).not.toContain('Not measured yet.');
});
