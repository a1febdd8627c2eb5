/** Part of the build: bundles the scripts of the report beside their module. */
import { writeFile } from 'node:fs/promises';
import { bundleClient, bundleFigures } from '../dist/report/bundle-client.js';

await writeFile(new URL('../dist/report/client.min.js', import.meta.url), await bundleClient());
await writeFile(new URL('../dist/report/figures.min.js', import.meta.url), await bundleFigures());
