import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawAll } from './support/drawn-batches.js';

const fixture = new URL('../tests/fixtures/drawn-batches.json', import.meta.url);

it('draws the batches that the Python package is held against', async () => {
  const runs = await drawAll();
  // WRITE_FIXTURES=1 writes them anew, after a change of the draws that is meant.
  if (process.env.WRITE_FIXTURES === '1') writeFileSync(fixture, `${JSON.stringify(runs, null, 1)}\n`);
  expect(JSON.parse(readFileSync(fixture, 'utf8'))).toEqual(JSON.parse(JSON.stringify(runs)));
});
