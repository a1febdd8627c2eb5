/** Part of the build: bundles the script of the page that tries a model beside its module. */
import { writeFile } from 'node:fs/promises';
import { bundleTryScript } from '../dist/try-page/script.js';

await writeFile(new URL('../dist/try-page/client.min.js', import.meta.url), await bundleTryScript());
