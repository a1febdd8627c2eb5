/** Part of the build: bundles the script of the report beside its module. */
import { writeFile } from 'node:fs/promises';
import { bundleClient } from '../dist/report/bundle-client.js';

await writeFile(new URL('../dist/report/client.min.js', import.meta.url), await bundleClient());
