// `npm run example <name>`: compiles examples/<name>.ts with its imports and runs it.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '../examples');
const known = (await readdir(folder)).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3));
const name = process.argv[2];
if (!known.includes(name)) {
  throw new RangeError(`There is no example '${name}'; there are ${known.sort().join(', ')}.`);
}

// Beside the sources, so that packages are found; in a folder that lint and git ignore.
const out = await mkdtemp(join(import.meta.dirname, '../node_modules/.example-'));
try {
  const file = join(out, `${name}.mjs`);
  await build({
    entryPoints: [join(folder, `${name}.ts`)],
    outfile: file,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  const example = await import(pathToFileURL(file).href);
  await example.run();
} finally {
  await rm(out, { recursive: true, force: true });
}
