/**
 * The specs of @tensorflow/tfjs-layers, as modules for esbuild.
 *
 * No release publishes them as files. Release 3.9.0, the last whose source maps carry the sources of the specs, is
 * installed under the name tfjs-layers-specs; only the specs are read from it. What they import is the installed release of
 * TensorFlow.js.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'tfjs-layers-specs';
const SUFFIX = '_test.js.map';

interface SourceMap {
  readonly sourcesContent: readonly string[];
}

/** Names that TensorFlow.js has changed since the release of the specs. */
const renamed: readonly (readonly [RegExp, string])[] = [[/\bloadLayersModelInternal\b/g, 'loadLayersModel']];

const require = createRequire(import.meta.url);
const distOf = (name: string): string => join(dirname(require.resolve(`${name}/package.json`)), 'dist');

/** Import statements of a bundle that runs the specs. */
export const layersSpecs: readonly string[] = [
  // Some specs ask for this backend by name.
  `import '@tensorflow/tfjs-backend-cpu';`,
  `import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';`,
  `import '${NAMESPACE}:all';`,
];

/** Resolves what `layersSpecs` imports. */
export const layersSpecsPlugin: Plugin = {
  name: NAMESPACE,
  setup: (bundler) => {
    const maps = distOf('tfjs-layers-specs');
    const installed = distOf('@tensorflow/tfjs-layers');
    const names = readdirSync(maps, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(SUFFIX))
      .sort();
    bundler.onResolve({ filter: new RegExp(`^${NAMESPACE}:`) }, ({ path }) => ({
      path: path.slice(NAMESPACE.length + 1),
      namespace: NAMESPACE,
    }));
    bundler.onLoad({ filter: /^all$/, namespace: NAMESPACE }, () => ({
      contents: names.map((name) => `import ${JSON.stringify(`${NAMESPACE}:${name}`)};`).join('\n'),
      resolveDir: installed,
    }));
    bundler.onLoad({ filter: /_test\.js\.map$/, namespace: NAMESPACE }, ({ path }) => {
      const map = JSON.parse(readFileSync(join(maps, path), 'utf8')) as SourceMap;
      let contents = map.sourcesContent[0]!;
      for (const [before, now] of renamed) contents = contents.replace(before, now);
      return { contents, loader: 'ts', resolveDir: dirname(join(installed, path)) };
    });
  },
};
