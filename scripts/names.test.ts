import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/**
 * Exported names that the library and the lab declare in two places, each with the reason. The kernel packages know nothing of
 * either, so that their names stand apart.
 */
const TWICE: Readonly<Record<string, string>> = {
  Fit: 'published: the same choice in a page and in Node',
  Gallery: 'published: the pictures of a panel; in insights.html, a row of samples',
  STYLES: 'the style sheet of its page',
  UncertainSample: 'published by both: in the library of a selector, in the lab of a record',
  compare: 'published: the experiment; the command of that name',
  element: 'makes an element, in scripts of pages that share no code',
  percent: 'a share in words, in packages of which the library has no part of the other',
};

it('has one meaning for every exported name, but for those with a reason', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const places = new Map<string, string[]>();
  const files = ['packages/recency-bias/src', 'packages/recency-bias-lab/src'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test)\.ts$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  for (const file of files) {
    const declarations = readFileSync(`${root}${file}`, 'utf8').matchAll(
      /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm,
    );
    // An overloaded function is declared several times in its file.
    for (const name of new Set(Array.from(declarations, ([, name]) => name!))) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  expect(places.size).toBeGreaterThan(500);
  const twice = [...places].filter(([, files]) => files.length > 1);
  const unexplained = twice.filter(([name]) => !(name in TWICE)).map(([name, files]) => [name, ...files]);
  expect(unexplained).toEqual([]);
  expect(Object.keys(TWICE).filter((name) => !twice.some(([found]) => found === name))).toEqual([]);
});
