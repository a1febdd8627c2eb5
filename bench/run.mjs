// `npm run bench [name...]`: compiles bench/<name>.ts with its imports and runs its `run()`, one after another.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = import.meta.dirname;
const known = (await readdir(folder))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();
/** Benches that train for many minutes run only when they are named. */
const LONG = new Set(['label-noise']);
const names = process.argv.length > 2 ? process.argv.slice(2) : known.filter((name) => !LONG.has(name));
for (const name of names) {
  if (!known.includes(name))
    throw new RangeError(`There is no bench '${name}'; there are ${known.join(', ')}.`);
}

// Beside the sources, so that packages that are not bundled are found.
const out = await mkdtemp(join(folder, '.out-'));
try {
  await build({
    entryPoints: names.map((name) => join(folder, `${name}.ts`)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  for (const name of names) {
    console.log(`\n== ${name} ==`);
    const bench = await import(pathToFileURL(join(out, `${name}.mjs`)).href);
    await bench.run();
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
