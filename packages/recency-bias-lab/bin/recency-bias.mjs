#!/usr/bin/env node
// Here before anything is built, so that `npm ci` in a checkout can link the command.
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('recency-bias: this checkout is not built yet; run `npm run build` first.');
  process.exitCode = 1;
}
