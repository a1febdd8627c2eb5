import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview } from 'vite';

/**
 * The playground as built, in Chromium without a graphics card: seconds to the first picture from an empty cache, intervals between
 * frames while it trains, bytes without data and WebAssembly, and the race over five seeds. Needs Chromium: the variable CHROMIUM, or /usr/bin/chromium.
 */
export const isLong = true;

const COLD_STARTS = 5;
const WATCHED_MS = 8000;
/** Where the reader looks, and how fast the network trains. */
const SCENES = [
  ['the flicker, steady', '#flicker', '25'],
  ['the draw, steady', '#draws', '25'],
  ['the race, steady', '#race', '25'],
  ['the flicker, full speed', '#flicker', '0'],
] as const;

interface Serve {
  readonly address: string;
  readonly browser: Browser;
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;

/** Milliseconds from the navigation to the first text, and to the hundred digits. */
async function coldStart({ address, browser }: Serve): Promise<{ text: number; digits: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.documentElement.classList.contains('ready')) return;
      observer.disconnect();
      // After the frame in which the digits are drawn.
      requestAnimationFrame(() => setTimeout(() => performance.mark('digits')));
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ['class'] });
  });
  await page.goto(address);
  await page.waitForFunction(() => performance.getEntriesByName('digits').length > 0);
  const times = await page.evaluate(() => ({
    text: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    digits: performance.getEntriesByName('digits')[0]!.startTime,
  }));
  await context.close();
  return times;
}

/** Intervals between frames of a page, in milliseconds. */
function frames(page: Page): Promise<number[]> {
  return page.evaluate(
    (during) =>
      new Promise<number[]>((done) => {
        const times: number[] = [];
        const step = (now: number): void => {
          times.push(now);
          if (now - times[0]! < during) requestAnimationFrame(step);
          else done(times.slice(1).map((time, i) => time - times[i]!));
        };
        requestAnimationFrame(step);
      }),
    WATCHED_MS,
  );
}

async function measureBytes({ address, browser }: Serve): Promise<void> {
  const page = await browser.newPage();
  let bytes = 0;
  page.on('response', (response) => {
    if (!/\.(html|js|css)$|\/$/.test(response.url())) return;
    response.body().then(
      (body) => {
        bytes += body.length;
      },
      () => undefined,
    );
  });
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.backend !== undefined);
  await page.waitForTimeout(300);
  console.log(`page, styles and scripts: ${(bytes / 1e6).toFixed(2)} MB`);
  await page.close();
}

async function measureFrames({ address, browser }: Serve): Promise<void> {
  for (const [name, place, pace] of SCENES) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${address}?seed=3`);
    await page.locator('label:has(input[name=speed][value="0"])').click();
    // The draw and the race show something from the first epochs and from the end of the warm-up on.
    const epochs = place === '#race' ? 10 : 2;
    await page.waitForFunction((steps) => document.querySelector('progress')!.value >= steps, 40 * epochs, {
      timeout: 120_000,
    });
    await page.locator(`label:has(input[name=speed][value="${pace}"])`).click();
    await page.locator(place).evaluate((element) => {
      element.scrollIntoView({ block: 'start' });
    });
    await page.waitForTimeout(500);
    const before = await page.locator('#progress').evaluate((bar) => (bar as HTMLProgressElement).value);
    const intervals = await frames(page);
    const after = await page.locator('#progress').evaluate((bar) => (bar as HTMLProgressElement).value);
    const [median, late, longest] = [0.5, 0.95, 1].map((share) => quantile(intervals, share).toFixed(1));
    const rate = ((1000 * intervals.length) / intervals.reduce((a, b) => a + b)).toFixed(1);
    console.log(
      `${name}: ${rate} frames a second; interval median ${median!} ms, 95 % ${late!} ms, longest ${longest!} ms; ` +
        `${(((after - before) * 1000) / WATCHED_MS).toFixed(0)} steps a second`,
    );
    await page.close();
  }
}

async function measureSeeds({ address, browser }: Serve): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.backend !== undefined);
  const begun = performance.now();
  await page.locator('#five-seeds').click();
  await page.waitForFunction(() => document.getElementById('five-seeds')!.textContent !== 'Stop', null, {
    timeout: 600_000,
  });
  console.log(`five seeds: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  console.log(`  ${await page.locator('#verdict').innerText()}`);
  console.log(`  ${(await page.locator('#seeds-chart svg').getAttribute('aria-label'))!}`);
  await page.close();
}

/** Prints the measurements. */
export async function run(): Promise<void> {
  const root = resolve('packages/playground');
  const configFile = join(root, 'vite.config.mjs');
  const outDir = await mkdtemp(join(tmpdir(), 'playground-'));
  await build({ root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const options = { port: 0, host: '127.0.0.1' };
  const server = await preview({ root, configFile, logLevel: 'error', build: { outDir }, preview: options });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const serve = { address: server.resolvedUrls!.local[0]!, browser };
  try {
    const starts: { text: number; digits: number }[] = [];
    for (let n = 0; n < COLD_STARTS; n++) starts.push(await coldStart(serve));
    for (const what of ['text', 'digits'] as const) {
      const times = starts.map((start) => start[what] / 1000);
      console.log(
        `first ${what}: median ${quantile(times, 0.5).toFixed(2)} s, slowest ${Math.max(...times).toFixed(2)} s`,
      );
    }
    await measureBytes(serve);
    await measureFrames(serve);
    await measureSeeds(serve);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  }
}
