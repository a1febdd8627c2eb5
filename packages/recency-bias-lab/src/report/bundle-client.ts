/**
 * The script of the report, in one piece. Only the parts of ECharts that the report uses are bundled (about half of the
 * whole library), when the package is built; the result lies beside this module as client.min.js and is inlined in
 * every report, so that a report is one file that loads nothing.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const BUILT = new URL('./client.min.js', import.meta.url);
/** The entry point seen from src/report and from dist/report alike. */
const ENTRY = new URL('../../src/report/client/main.ts', import.meta.url);

const NOTICE =
  '/* Contains Apache ECharts (Apache License 2.0, The Apache Software Foundation) and ZRender (BSD 3-Clause, Baidu Inc.). */';

/** Bundles the client from its sources; needs a checkout with its development dependencies. */
export async function bundleClient(): Promise<string> {
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
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    banner: { js: NOTICE },
  });
  // Nothing in the script may look like the end of its element, or like a comment that hides it.
  return outputFiles[0]!.text
    .replaceAll(/<\/(?=script)/gi, '<\\/')
    .replaceAll('<!--', '<\\!--')
    .trim();
}

let bundle: Promise<string> | undefined;

/** The script as built with the package, or bundled now when running from the sources. */
export async function clientScript(): Promise<string> {
  try {
    return await readFile(BUILT, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  bundle ??= bundleClient().catch((cause: unknown) => {
    throw new Error(`${fileURLToPath(BUILT)}: is missing; run \`npm run build\` in the repository`, {
      cause,
    });
  });
  return bundle;
}
