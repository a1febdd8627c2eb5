/**
 * Part of the build: the library's code, one module a source file, so that a bundler takes only the modules that an
 * application uses. Declarations carry the documentation; the code goes without comments, indentation and the names of local
 * variables and private fields, which keeps the package small, but with the names of functions and classes, which keeps stack
 * traces readable.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'rolldown/utils';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const sources = (await readdir(`${folder}src`, { recursive: true })).filter((file) =>
  /(?<!\.test)\.ts$/.test(file),
);

await rm(`${folder}dist/bundle`, { recursive: true, force: true });
const { outputFiles } = await build({
  absWorkingDir: folder,
  entryPoints: sources.map((file) => `src/${file}`),
  outbase: 'src',
  outdir: 'dist/bundle',
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minifySyntax: true,
  write: false,
  logLevel: 'error',
});
for (const { path, text } of outputFiles) {
  // esbuild shortens either every name or none.
  const { code, errors } = await minify(path, text, {
    module: true,
    compress: false,
    mangle: { toplevel: false, keepNames: true },
  });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
}

// One file of declarations an entry, and one of the declarations that entries share: a class with private members is one type.
const { exports: entries } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));
const names = Object.values(entries).flatMap(({ types }) =>
  types === undefined ? [] : [types.slice('./dist/types/'.length, -'.d.ts'.length)],
);
await rm(`${folder}dist/types`, { recursive: true, force: true });
const declarations = await rollup({
  input: Object.fromEntries(names.map((name) => [name, `${folder}dist/${name}.d.ts`])),
  external: (target) => !/^[./]/.test(target),
  plugins: [dts()],
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
await declarations.write({
  dir: `${folder}dist/types`,
  entryFileNames: '[name].d.ts',
  chunkFileNames: 'shared.d.ts',
});
