/**
 * Makes docs/images/playground.webp, the readme's moving picture of the playground:
 *
 *     npm run playground-picture
 *
 * The page trains from seed 1, which takes about a minute. The first scene is the flicker over the warm-up, the second the draw
 * while the pressure rises from 1 to 1,000. Needs the build, and Chromium: the variable CHROMIUM, or /usr/bin/chromium.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { build, preview } from 'vite';

const PICTURE = 'docs/images/playground.webp';
/** Size of the picture in pixels. */
const [WIDTH, HEIGHT] = [720, 520];
const FRAME_MS = 130;
/** Steps of training from frame to frame, and frames of the first scene: the warm-up of ten epochs of 40 steps. */
const [STEPS, FRAMES] = [7, 60];
/** Frames at each pressure of the second scene. */
const FRAMES_EACH = 14;
const PRESSURES = [1, 100, 1000];

/** A frame of what lies below the top of an element. */
async function frame(page: Page, selector: string, left: number): Promise<Buffer> {
  const { y } = (await page.locator(selector).boundingBox())!;
  const width = 1064;
  const shot = await page.screenshot({
    clip: { x: left, y: y - 12, width, height: Math.round((width * HEIGHT) / WIDTH) },
  });
  return sharp(shot).resize(WIDTH, HEIGHT).png().toBuffer();
}

/** Writes the picture. */
export async function run(): Promise<void> {
  const root = resolve('packages/playground');
  const configFile = join(root, 'vite.config.mjs');
  const outDir = await mkdtemp(join(tmpdir(), 'playground-'));
  await build({ root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root,
    configFile,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    // Higher than the page's acts, so that nothing scrolls.
    const page = await browser.newPage({ viewport: { width: 1100, height: 3200 }, colorScheme: 'light' });
    await page.goto(server.resolvedUrls!.local[0]!);
    const frames: Buffer[] = [];
    for (let n = 1; n <= FRAMES; n++) {
      await page.waitForFunction((steps) => document.querySelector('progress')!.value >= steps, n * STEPS, {
        timeout: 300_000,
      });
      frames.push(await frame(page, '.two', 18));
    }
    for (const pressure of PRESSURES) {
      await page.locator('#pressure').fill(String(Math.log10(pressure)));
      await page.locator('#pressure').blur();
      for (let n = 0; n < FRAMES_EACH; n++) {
        await page.waitForTimeout(FRAME_MS);
        frames.push(await frame(page, '#draw .act', 18));
      }
    }
    await sharp(frames, { join: { animated: true } })
      .webp({ quality: 62, effort: 5, loop: 0, delay: frames.map(() => FRAME_MS) })
      .toFile(PICTURE);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  }
}
