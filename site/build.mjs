/**
 * Builds the site: the documents, the playground, the reference of every package and the reports of the kept records.
 *
 *     node site/build.mjs [part ...]     all, or some of: documents playground reports reference
 *
 * SITE_OUT is the folder (default site/dist), SITE_BASE the folder of the host (default /), SITE_FILES where the repository's
 * files can be read (none: links to them are left out). The packages must be built.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const out = process.env.SITE_OUT ?? join(import.meta.dirname, 'dist');

const parts = {
  async documents() {
    const { build } = await import('vitepress');
    await build(import.meta.dirname, { outDir: out });
  },

  async playground() {
    const { build } = await import('vite');
    const packageRoot = join(root, 'packages/playground');
    await build({
      root: packageRoot,
      configFile: join(packageRoot, 'vite.config.mjs'),
      logLevel: 'warn',
      build: { outDir: join(out, 'playground'), emptyOutDir: true },
    });
  },

  async reports() {
    const { writeReport } = await import('../packages/recency-bias-lab/dist/index.js');
    await mkdir(join(out, 'reports'), { recursive: true });
    for (const name of await readdir(join(root, 'records'))) {
      if (!existsSync(join(root, 'records', name, 'experiment.json'))) continue;
      await writeReport(join(root, 'records', name), { out: join(out, 'reports', `${name}.html`) });
    }
  },

  async reference() {
    const { Application } = await import('typedoc');
    const app = await Application.bootstrapWithPlugins({
      name: 'recency-bias: reference',
      entryPoints: [
        'packages/recency-bias/src/index.ts',
        'packages/recency-bias/src/tfjs/index.ts',
        'packages/recency-bias/src/classifier/index.ts',
        'packages/recency-bias/src/live/index.ts',
        'packages/recency-bias/src/testing/index.ts',
        'packages/tfjs-wasm-training/src/index.ts',
        'packages/tfjs-backend-torch/src/index.ts',
        'packages/recency-bias-lab/src/index.ts',
        'packages/recency-bias-lab/src/browser.ts',
      ].map((file) => join(root, file)),
      tsconfig: join(root, 'site/tsconfig.json'),
      readme: 'none',
      skipErrorChecking: true,
      excludePrivate: true,
      excludeInternal: true,
      excludeExternals: true,
      disableSources: true,
      disableGit: true,
      validation: false,
      logLevel: 'Error',
      navigationLinks: { Documents: process.env.SITE_BASE ?? '/' },
    });
    const project = await app.convert();
    if (project === undefined) throw new Error('the reference could not be made');
    for (const module of project.children ?? []) module.name = packageName(module.name);
    await app.generateDocs(project, join(out, 'reference'));
  },
};

/** The name under which users import a module. */
function packageName(path) {
  const name = path.replace('/src', '').replace(/\/index$/, '');
  return name.startsWith('packages/') ? name.slice('packages/'.length) : name;
}

/** Builds some parts, or all of them. */
export async function buildSite(...names) {
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    throw new RangeError(`site: has no part '${unknown}'; there are ${Object.keys(parts).join(', ')}`);
  }
  for (const name of names.length === 0 ? Object.keys(parts) : names) await parts[name]();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildSite(...process.argv.slice(2));
