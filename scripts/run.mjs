/**
 * Runs TypeScript files of this repository: each is compiled with its imports, packages as they are built, and its `run` called.
 *
 *     node scripts/run.mjs scripts/keep-record.ts [argument ...]   one file, with its arguments
 *     node scripts/run.mjs bench [name ...]                        files of a folder, by name; without names all but the long ones
 *
 * A file is long that exports `isLong`.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [target, ...rest] = process.argv.slice(2);
if (target === undefined)
  throw new RangeError('run: got no file, expected a TypeScript file or a folder of them');

/** Names of the files of the folder that are meant. */
async function chosen(folder) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const known = files.map((file) => basename(file, '.ts')).sort();
  const unknown = rest.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`${folder}: holds no '${unknown}'; there are ${known.join(', ')}`);
  }
  return rest.length === 0 ? known : rest;
}

const isFolder = (await stat(target)).isDirectory();
const folder = isFolder ? target : dirname(target);
const names = isFolder ? await chosen(target) : [basename(target, '.ts')];

// Inside node_modules packages are found, and git and the linter look away.
const out = await mkdtemp(join(import.meta.dirname, '../node_modules/.run-'));
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
    const program = await import(pathToFileURL(join(out, `${name}.mjs`)).href);
    if (isFolder && rest.length === 0 && program.isLong) continue;
    if (names.length > 1) console.log(`\n== ${name} ==`);
    await program.run(...(isFolder ? [] : rest));
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
