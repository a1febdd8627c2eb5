/**
 * Builds the site: the documents with the reference of every package, the playground and the reports of the kept records.
 *
 *     node site/build.mjs [part ...]     all, or some of: documents playground reports
 *
 * SITE_OUT is the folder (default site/dist), SITE_BASE the folder of the host (default /), SITE_FILES where the repository's
 * files can be read (none: links to them are left out). The packages must be built.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REFERENCE, writeReference } from './reference.mjs';

const root = join(import.meta.dirname, '..');
const out = process.env.SITE_OUT ?? join(import.meta.dirname, 'dist');

const parts = {
  async documents() {
    const reference = join(import.meta.dirname, REFERENCE);
    await rm(reference, { recursive: true, force: true });
    await writeReference(reference);
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
};

/** Builds some parts, or all of them. */
export async function buildSite(...names) {
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    throw new RangeError(`site: has no part '${unknown}'; there are ${Object.keys(parts).join(', ')}`);
  }
  for (const name of names.length === 0 ? Object.keys(parts) : names) await parts[name]();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildSite(...process.argv.slice(2));
