/** Part of the build: bundles the scripts of the report beside their module. */
import { writeFile } from 'node:fs/promises';
import { bundleFigures, bundlePage } from '../dist/report/bundle-client.js';

for (const page of ['client', 'watch', 'review', 'enlarge']) {
  await writeFile(new URL(`../dist/report/${page}.min.js`, import.meta.url), await bundlePage(page));
}
await writeFile(new URL('../dist/report/figures.min.js', import.meta.url), await bundleFigures());
