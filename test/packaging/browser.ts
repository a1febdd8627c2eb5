import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, preview, type PreviewServer } from 'vite';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

interface Result {
  readonly backend: string;
  readonly loss: readonly number[];
  readonly leaked: number;
  readonly uncertainty: readonly number[];
  readonly error?: string;
}

/** Trains in Chromium on each backend, from a Vite build of the consumer's app in `folder()`. */
export function browserTests(folder: () => string): void {
  const present = existsSync(executablePath);
  if (!present && process.env.CI !== 'true') {
    it.skip(`needs Chromium at ${executablePath} (or the path in CHROMIUM)`);
    return;
  }
  let browser: Browser;
  let server: PreviewServer;

  beforeAll(async () => {
    const app = join(folder(), 'app');
    await build({ root: app, configFile: false, logLevel: 'error' });
    server = await preview({
      root: app,
      configFile: false,
      logLevel: 'error',
      preview: { port: 0, host: '127.0.0.1' },
    });
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        // Software rendering, so that WebGL and WebGPU run on a machine without a GPU.
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
      ],
    });
  }, 180_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each(['cpu', 'wasm', 'webgl', 'webgpu'])(
    'trains a few steps on %s with Recency Bias, without a leak',
    async (backend) => {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(`${server.resolvedUrls!.local[0]!}?backend=${backend}`);
      await page.waitForFunction('document.body.textContent.trim().startsWith("{")', undefined, {
        timeout: 120_000,
      });
      const result = JSON.parse((await page.textContent('body'))!) as Result;
      await page.close();
      expect(result.error).toBeUndefined();
      expect(problems).toEqual([]);
      expect(result.backend).toBe(backend);
      expect(result.loss).toHaveLength(6);
      expect(result.loss.at(-1)!).toBeLessThan(0.5 * result.loss[0]!);
      expect(result.leaked).toBe(0);
      // Every sample has been predicted at least once, so no uncertainty is that of an unseen sample by default.
      expect(result.uncertainty.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(result.uncertainty.some((value) => value < 1)).toBe(true);
    },
    150_000,
  );
}
