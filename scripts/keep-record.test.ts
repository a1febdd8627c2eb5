/** The records that are kept in the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const records = fileURLToPath(new URL('../records', import.meta.url));

it('No kept record names a folder of the machine that trained', () => {
  const files = readdirSync(records, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.jsonl?$/.test(name),
  );
  expect(files.length).toBeGreaterThan(0);
  const absolute = files.flatMap((name) =>
    [...readFileSync(`${records}/${name}`, 'utf8').matchAll(/"(?:\/|[A-Z]:\\)[^"]+"/g)].map(
      ([path]) => `${name}: ${path}`,
    ),
  );
  expect(absolute).toEqual([]);
});
