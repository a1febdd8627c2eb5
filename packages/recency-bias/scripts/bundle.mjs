/**
 * Part of the build: the library's code, one module a source file, so that a bundler takes only the modules that an
 * application uses. Declarations carry the documentation; the code goes without comments and indentation, which keeps the
 * package small, but with its names, which keeps stack traces readable. Only the declarations that those of an entry import
 * are published.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('..', import.meta.url));
const sources = (await readdir(`${folder}src`, { recursive: true })).filter((file) =>
  /(?<!\.test)\.ts$/.test(file),
);

await rm(`${folder}dist/bundle`, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: sources.map((file) => `src/${file}`),
  outbase: 'src',
  outdir: 'dist/bundle',
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'error',
});

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
for (const entry of ['index', 'tfjs/index', 'testing/index']) await reach(`${entry}.d.ts`, reached);
const declarations = (await readdir(`${folder}dist`, { recursive: true })).filter((file) =>
  file.endsWith('.d.ts'),
);
const hidden = declarations.filter((file) => !reached.has(file.split('\\').join('/')));
await writeFile(`${folder}dist/.npmignore`, hidden.map((file) => `/${file}\n`).join(''));
