/**
 * Part of the build: the library's code, one module a source file, so that a bundler takes only the modules that an
 * application uses. Declarations carry the documentation; the code goes without comments, indentation and the names of local
 * variables and private fields, which keeps the package small, but with the names of functions and classes, which keeps stack
 * traces readable. Only the declarations that those of an entry import are published.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'rolldown/utils';

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

/** Adds a declaration and the declarations that it imports. */
async function reach(file, reached) {
  if (reached.has(file)) return;
  reached.add(file);
  const text = await readFile(`${folder}dist/${file}`, 'utf8');
  for (const [, target] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.js["']/g)) {
    await reach(posix.join(posix.dirname(file), `${target}.d.ts`), reached);
  }
}

const reached = new Set();
for (const entry of ['index', 'tfjs/index', 'classifier/index', 'live/index', 'testing/index'])
  await reach(`${entry}.d.ts`, reached);
const declarations = (await readdir(`${folder}dist`, { recursive: true })).filter((file) =>
  file.endsWith('.d.ts'),
);
const hidden = declarations.filter((file) => !reached.has(file.split('\\').join('/')));
await writeFile(`${folder}dist/.npmignore`, hidden.map((file) => `/${file}\n`).join(''));
