/** A headless Chromium from the system, for tests of pages. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser: the variable CHROMIUM or the first usual place; undefined where there is none. */
export const chromiumPath = [process.env.CHROMIUM, ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

/** Whether tests that need the browser are left out: where there is none, except in CI, where that is a failure. */
export const withoutChromium = chromiumPath === undefined && process.env.CI !== 'true';

if (withoutChromium) {
  console.warn(
    'Chromium was not found: tests of the report in a browser are skipped (set CHROMIUM to its path).',
  );
}

/** Starts the browser. @param more arguments besides the usual ones */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error('chromium: not found; install it or set CHROMIUM to its path');
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      ...more,
    ],
  });
}
