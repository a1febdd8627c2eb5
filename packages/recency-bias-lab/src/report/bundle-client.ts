/**
 * The scripts of the report, each in one piece. Only the parts of ECharts that the report uses are bundled (about half of the
 * whole library), when the package is built; client.min.js lies beside this module and is inlined in every report, so that a
 * report is one file that loads nothing; watch.min.js is that of a page that is fed while runs train, and figures.min.js draws the same charts as files.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Scripts of pages by name: that of a report, that of a page that is fed while runs train, that of a review, and that of a page whose pictures enlarge. */
const PAGES = { client: 'main.ts', watch: 'watch.ts', review: 'review.ts', enlarge: 'enlarge.ts' } as const;
export type PageScript = keyof typeof PAGES;

function built(page: PageScript): URL {
  return new URL(`./${page}.min.js`, import.meta.url);
}
/** The sources of the scripts seen from src/report and from dist/report alike. */
const CLIENT = new URL('../../src/report/client/', import.meta.url);

const NOTICE =
  '/* Contains Apache ECharts (Apache License 2.0, The Apache Software Foundation) and ZRender (BSD 3-Clause, Baidu Inc.). */';

/** Bundles a script with all that it imports; needs a checkout with its development dependencies. */
async function bundleScript(entry: string, target: 'browser' | 'node'): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
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
    metafile: true,
  });
  const hasCharts = Object.keys(metafile.inputs).some((path) => path.includes('/echarts/'));
  return `${hasCharts ? `${NOTICE}\n` : ''}${outputFiles[0]!.text.trim()}`;
}

/** The script of a page, as text that may stand in a script element. */
export async function bundlePage(page: PageScript): Promise<string> {
  const script = await bundleScript(PAGES[page], 'browser');
  // Nothing in the script may look like the end of its element, or like a comment that hides it.
  return script.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

/** The module that draws figures without a browser, see figures.ts. */
export function bundleFigures(): Promise<string> {
  return bundleScript('figures.ts', 'node');
}

const bundles = new Map<PageScript, Promise<string>>();

/** The script of a page as built with the package, or bundled now when running from the sources. */
export async function pageScript(page: PageScript): Promise<string> {
  try {
    return await readFile(built(page), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const known = bundles.get(page);
  if (known !== undefined) return known;
  const bundle = bundlePage(page).catch((cause: unknown) => {
    throw new Error(`${fileURLToPath(built(page))}: is missing; run \`npm run build\` in the repository`, {
      cause,
    });
  });
  bundles.set(page, bundle);
  return bundle;
}
