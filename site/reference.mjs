/** The reference of every package that is written in TypeScript, by TypeDoc. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ICON } from './icon.mjs';

const root = join(import.meta.dirname, '..');

/** Modules by their sources, in the order in which a reader meets them. */
const MODULES = [
  'packages/recency-bias/src/index.ts',
  'packages/recency-bias/src/tfjs/index.ts',
  'packages/recency-bias/src/classifier/index.ts',
  'packages/recency-bias/src/live/index.ts',
  'packages/recency-bias/src/testing/index.ts',
  'packages/tfjs-wasm-training/src/index.ts',
  'packages/tfjs-backend-torch/src/index.ts',
  'packages/recency-bias-lab/src/index.ts',
  'packages/recency-bias-lab/src/browser.ts',
];

/** Writes the reference. @param base the folder of the host, where the documents are */
export async function buildReference(out, base) {
  const { Application, PageEvent } = await import('typedoc');
  const own = await mkdtemp(join(tmpdir(), 'reference-'));
  try {
    const favicon = join(own, 'favicon.svg');
    await writeFile(favicon, ICON);
    const app = await Application.bootstrapWithPlugins({
      name: 'recency-bias: reference',
      entryPoints: MODULES.map((file) => join(root, file)),
      tsconfig: join(root, 'site/tsconfig.json'),
      readme: join(root, 'site/reference.md'),
      favicon,
      skipErrorChecking: true,
      excludePrivate: true,
      excludeInternal: true,
      excludeExternals: true,
      disableSources: true,
      disableGit: true,
      validation: false,
      logLevel: 'Error',
      navigationLinks: { Documents: base },
    });
    app.renderer.on(PageEvent.END, (page) => {
      if (typeof page.contents === 'string') page.contents = withLandmarks(page.contents);
    });
    const project = await app.convert();
    if (project === undefined) throw new Error('the reference could not be made');
    for (const module of project.children ?? []) module.name = packageName(module.name);
    await app.generateDocs(project, out);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** A page that says which part of it is the content, without links in headings that are buttons. */
function withLandmarks(page) {
  return page
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace('<nav id="tsd-sidebar-links"', '<nav id="tsd-sidebar-links" aria-label="Elsewhere"')
    .replaceAll(/<summary[^>]*>.*?<\/summary>/gs, (summary) =>
      summary.replaceAll(/<a [^>]*class="tsd-anchor-icon"[^>]*>.*?<\/a>/gs, ''),
    );
}

/** The name under which users import a module. */
function packageName(path) {
  const name = path.replace('/src', '').replace(/\/index$/, '');
  return name.startsWith('packages/') ? name.slice('packages/'.length) : name;
}
