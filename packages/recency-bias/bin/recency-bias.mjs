#!/usr/bin/env node
// The command belongs to the lab; whoever has the library alone is told what to install.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the lab is looked for: beside this package, then in the project that the command was given in. */
const places = [import.meta.url, join(process.cwd(), 'package.json')];

function findLab() {
  for (const place of places) {
    try {
      return createRequire(place).resolve('recency-bias-lab/package.json');
    } catch {
      // the next place
    }
  }
  return undefined;
}

const lab = findLab();
if (lab === undefined) {
  console.error(
    'recency-bias: the command is part of recency-bias-lab; install it with `npm install recency-bias-lab`.',
  );
  process.exitCode = 1;
} else {
  await import(new URL('bin/recency-bias.mjs', pathToFileURL(lab)).href);
}
