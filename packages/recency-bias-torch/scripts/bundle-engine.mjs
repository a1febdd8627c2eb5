/** Bundles the engine and the selectors into one file of the Python package. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [at('../engine/main.ts')],
  outfile: at('../src/recency_bias/engine.mjs'),
  alias: { 'recency-bias': at('../../recency-bias/src/index.ts') },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
});
