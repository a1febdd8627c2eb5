/**
 * Part of the build: the library's code, one module an entry and what they share beside it. Declarations stay one file
 * a source file and carry the documentation; the code goes without comments and indentation, which keeps the package
 * small, but with its names, which keeps stack traces readable.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('..', import.meta.url));

await rm(`${folder}dist/bundle`, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts', 'src/tfjs/index.ts', 'src/testing/index.ts'],
  outbase: 'src',
  outdir: 'dist/bundle',
  chunkNames: 'shared-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  external: ['@tensorflow/tfjs'],
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'error',
});
