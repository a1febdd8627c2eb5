/**
 * The scripts of the report, each in one piece. Only the parts of ECharts that the report uses are bundled (about half of the
 * whole library), when the package is built; client.min.js lies beside this module and is inlined in every report, so that a
 * report is one file that loads nothing, and figures.min.js draws the same charts as files.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const BUILT = new URL('./client.min.js', import.meta.url);
/** The sources of the scripts seen from src/report and from dist/report alike. */
const CLIENT = new URL('../../src/report/client/', import.meta.url);

const NOTICE =
  '/* Contains Apache ECharts (Apache License 2.0, The Apache Software Foundation) and ZRender (BSD 3-Clause, Baidu Inc.). */';

/** Bundles a script with all that it imports; needs a checkout with its development dependencies. */
async function bundleScript(entry: string, target: 'browser' | 'node'): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, CLIENT))],
    bundle: true,
    minify: true,
    write: false,
    format: target === 'browser' ? 'iife' : 'esm',
    platform: target,
    target: 'es2022',
    charset: 'utf8',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    banner: { js: NOTICE },
  });
  return outputFiles[0]!.text.trim();
}

/** The script of the page, as text that may stand in a script element. */
export async function bundleClient(): Promise<string> {
  const script = await bundleScript('main.ts', 'browser');
  // Nothing in the script may look like the end of its element, or like a comment that hides it.
  return script.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

/** The module that draws figures without a browser, see figures.ts. */
export function bundleFigures(): Promise<string> {
  return bundleScript('figures.ts', 'node');
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
