import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, preview } from 'vite';
import type { PreviewServer } from 'vite';
import { launchChromium, withoutChromium } from '../support/chromium.js';

const root = fileURLToPath(new URL('../../examples/browser', import.meta.url));

describe.skipIf(withoutChromium)('examples/browser', () => {
  let outDir: string;
  let server: PreviewServer;
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'browser-example-'));
    const configFile = join(root, 'vite.config.mjs');
    await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    server = await preview({
      configFile,
      logLevel: 'error',
      build: { outDir },
      preview: { port: 0, host: '127.0.0.1' },
    });
    browser = await launchChromium(['--use-angle=swiftshader', '--enable-unsafe-swiftshader']);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  });

  /** The page in a browser that has not seen it before. */
  async function opened(backend: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 900, height: 900 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.selectOption('#backend', backend);
    return page;
  }
  const said = (page: Page, text: RegExp): Promise<void> =>
    expect.poll(() => page.textContent('#said'), { timeout: 60_000, interval: 50 }).toMatch(text);
  const live = (page: Page, text: RegExp): Promise<void> =>
    expect.poll(() => page.textContent('#live p >> nth=0'), { timeout: 60_000, interval: 50 }).toMatch(text);
  const outcome = async (page: Page): Promise<{ epochs: number; loss: number }> => {
    const [, epochs] = /^Trained (\d+) of 40 epochs(?:, loss [\d.e-]+)?\./.exec(
      (await page.textContent('#said'))!,
    )!;
    return { epochs: Number(epochs), loss: Number(await page.getAttribute('#said', 'data-loss')) };
  };

  it('trains on wasm in a worker, stops, and after a reload goes on to the bits of a run that was never stopped', async () => {
    const whole = await opened('wasm');
    await whole.click('#start');
    await said(whole, /^Trained 40 of 40/);
    const page = await opened('wasm');
    await page.click('#start');
    await live(page, /^Epoch ([3-9]|\d\d), step/);
    await page.click('#stop');
    await said(page, /^Trained/);
    const stopped = await outcome(page);
    expect(stopped.epochs).toBeLessThan(40);
    await page.reload();
    await page.click('#start');
    await said(page, /^Going on after epoch \d+\.$|^Trained/);
    await said(page, /^Trained 40 of 40/);
    const { loss } = await outcome(page);
    expect(loss).toBeGreaterThan(0);
    expect(loss).toBe((await outcome(whole)).loss);
    expect(await page.textContent('#live table')).toContain('very unsure');
    await page.reload();
    await page.click('#start');
    await said(page, /^Trained 40 of 40 epochs\. Forget it to train anew\.$/);
    await page.click('#forget');
    await said(page, /^Forgotten/);
    expect(problems).toEqual([]);
    await whole.context().close();
    await page.context().close();
  }, 120_000);

  it('trains on webgl in the same worker', async () => {
    const page = await opened('webgl');
    await page.click('#start');
    await live(page, /^Epoch [2-9], step/);
    await page.click('#stop');
    await said(page, /^Trained \d+ of 40/);
    expect(problems).toEqual([]);
    await page.context().close();
  }, 120_000);
});
