/**
 * The script of the page that tries a model, with TensorFlow.js in it. It is bundled when the package is built, lies beside this
 * module and is inlined in every page.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const BUILT = new URL('./client.min.js', import.meta.url);
/** Seen from src/try-page and from dist/try-page alike. */
const ENTRY = new URL('../../src/try-page/client/main.ts', import.meta.url);
/** None, as this package's own configuration of TypeScript is for its sources and not for the built library. */
const NO_TYPESCRIPT_CONFIGURATION = '{}';

const NOTICE = '/* Contains TensorFlow.js (Apache License 2.0, Google LLC). */';

/** Bundles the script, as text that may stand in a script element; needs a checkout with its development dependencies. */
export async function bundleTryScript(): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(ENTRY)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    tsconfigRaw: NO_TYPESCRIPT_CONFIGURATION,
    legalComments: 'none',
    banner: { js: NOTICE },
    logLevel: 'error',
  });
  // Nothing in the script may look like the end of its element, or like a comment that hides it.
  const script = outputFiles[0]!.text.trim();
  return script.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

let bundle: Promise<string> | undefined;

/** The script as built with the package, or bundled now when running from the sources. */
export async function tryScript(): Promise<string> {
  try {
    return await readFile(BUILT, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  bundle ??= bundleTryScript();
  return bundle;
}
