import { copyFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackbone, writePhotos } from '../../recency-bias-lab/test/support/backbones.js';
import { launchChromium, withoutChromium } from '../../../test/support/chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const configFile = join(root, 'vite.config.mjs');

describe.skipIf(withoutChromium)('the playground in Chromium', () => {
  let outDir: string;
  let server: PreviewServer;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'playground-'));
    await build({ root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    const options = { port: 0, host: '127.0.0.1' };
    server = await preview({ root, configFile, logLevel: 'error', preview: options, build: { outDir } });
    address = server.resolvedUrls!.local[0]!;
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent when the build failed
    await Promise.all([browser?.close(), server?.close()]);
    await rm(outDir, { recursive: true, force: true });
  });

  async function open(query: string, options: Parameters<Browser['newPage']>[0] = {}, within = browser) {
    const page = await within.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    const problems: string[] = [];
    const foreign: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address))
        foreign.push(request.url());
    });
    await page.goto(address + query);
    await page.locator('html.ready').waitFor();
    return { page, problems, foreign };
  }

  const epochs = async (page: Page, atLeast: number): Promise<void> => {
    await page.locator('label:has(input[name=speed][value="0"])').click();
    await page.waitForFunction(
      (least) => Number(/Epoch (\d+) of/.exec(document.getElementById('status')!.textContent)?.[1]) > least,
      atLeast,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
  };

  it('trains on a site that isolates its pages, where TensorFlow.js would take threads', async () => {
    const headers = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    };
    const options = { port: 0, host: '127.0.0.1', headers };
    const isolated = await preview({
      root,
      configFile,
      logLevel: 'error',
      preview: options,
      build: { outDir },
    });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(isolated.resolvedUrls!.local[0]!);
      await page.locator('html.ready').waitFor();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await epochs(page, 1);
      expect(problems).toEqual([]);
      await page.close();
    } finally {
      await isolated.close();
    }
  });

  it('trains in the page: strips fill, columns stand, the slider answers, and nothing is fetched from elsewhere', async () => {
    const { page, problems, foreign } = await open('');
    await epochs(page, 3);
    const labels = await page.locator('.tile').evaluateAll((tiles) => tiles.map((tile) => tile.ariaLabel!));
    expect(labels).toHaveLength(100);
    for (const label of labels) expect(label).toMatch(/^a \d, predicted( \d){3,5}, uncertainty \d\.\d\d$/);
    expect(labels.some((label) => !label.endsWith('0.00'))).toBe(true);

    expect(await page.locator('#patterns tr').count()).toBeGreaterThanOrEqual(3);
    const effective = async (exponent: string): Promise<number> => {
      await page.locator('#pressure').fill(exponent);
      return Number((await page.locator('#effective strong').innerText()).replace(',', ''));
    };
    expect(await effective('0')).toBe(5000);
    const [mild, strong] = [await effective('1'), await effective('4')];
    expect(mild).toBeLessThan(5000);
    expect(strong).toBeLessThan(mild);
    expect(page.url()).toContain('pressure=10000');
    expect(await page.locator('#errors svg').getAttribute('aria-label')).toContain('Test error');
    expect(problems).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('explains the digit that has the focus, moves by arrow keys, and keeps the chosen digit in the address', async () => {
    const { page } = await open('?seed=2');
    await epochs(page, 2);
    await page.locator('.tile').first().focus();
    expect(await page.locator('#card h3').innerText()).toBe('Digit 1: a 5');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#card h3').innerText()).toContain('Digit 12:');
    await page.keyboard.press('Enter');
    expect(page.url()).toContain('seed=2');
    expect(page.url()).toContain('digit=11');
    // In one look, since a last step may come in after Pause.
    const [terms, uncertainty] = await page
      .locator('#card')
      .evaluate((card) => [
        [...card.querySelectorAll('tbody td:last-child')].reduce(
          (sum, cell) => sum + Number(cell.textContent),
          0,
        ),
        Number(card.querySelector('.f')!.textContent),
      ]);
    expect(terms).toBeCloseTo(uncertainty, 2);
    await page.reload();
    await page.locator('html.ready').waitFor();
    expect(await page.locator('.tile[aria-pressed=true]').count()).toBe(1);
    await page.close();
  });

  it('fits a phone, follows the colour scheme, and has a sound accessibility tree in both', async () => {
    const { page } = await open('', { viewport: { width: 360, height: 740 }, colorScheme: 'light' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).not.toBe(light);
    await page.addScriptTag({ path: AXE });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate<string[]>(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'best-practice'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 120))))",
      );
      expect(violations).toEqual([]);
    }
    await page.close();
  });

  it('waits for Play where the reader asked for less motion', async () => {
    const { page } = await open('', { reducedMotion: 'reduce' });
    expect(await page.locator('#pause').innerText()).toBe('Play');
    await page.close();
  });

  it('says where WebGPU finds no graphics adapter, and trains on WebAssembly', async () => {
    const { page, problems } = await open('?backend=webgpu');
    await page.locator('html[data-backend]').waitFor();
    const backend = await page.locator('html').getAttribute('data-backend');
    const said = await page.locator('#status').innerText();
    expect(said).toContain(backend === 'webgpu' ? 'WebGPU.' : 'WebAssembly, since WebGPU finds no');
    expect(problems).toEqual([]);
    await page.close();
  });

  // An adapter in software takes seconds for a batch.
  it.runIf(process.env.WEBGPU_TESTS === '1')(
    'trains the first batches on WebGPU as on WebAssembly',
    async ({ skip }) => {
      const withAdapter = await launchChromium(['--enable-unsafe-webgpu']);
      /** The first predicted label of each digit after some batches; an empty text where there was none. */
      const firstLabels = async (query: string, batches: number): Promise<string[]> => {
        const { page, problems } = await open(query, {}, withAdapter);
        await page.waitForFunction(
          (least) =>
            document.documentElement.dataset.backend !== undefined &&
            document.querySelector('progress')!.value >= least,
          batches,
          { timeout: 200_000 },
        );
        const labels = await page
          .locator('.tile')
          .evaluateAll((tiles) => tiles.map((tile) => /predicted (\d)/.exec(tile.ariaLabel!)?.[1] ?? ''));
        const backend = await page.locator('html').getAttribute('data-backend');
        expect(problems).toEqual([]);
        await page.close();
        if (backend !== (query === '' ? 'wasm' : 'webgpu')) skip('Chromium offers no adapter');
        return labels;
      };
      try {
        const onWebGpu = await firstLabels('?backend=webgpu', 2);
        const onWasm = await firstLabels('', 20);
        expect(onWebGpu.filter((label) => label !== '').length).toBeGreaterThanOrEqual(1);
        expect(onWebGpu.map((label, i) => (label === '' ? '' : onWasm[i]!))).toEqual(onWebGpu);
      } finally {
        await withAdapter.close();
      }
    },
    300_000,
  );

  it('learns what the webcam sees while buttons are held', async () => {
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    const withCamera = await launchChromium(camera);
    const { page, problems } = await open(
      '',
      { reducedMotion: 'reduce', permissions: ['camera'] },
      withCamera,
    );
    await page.getByRole('button', { name: 'Use the webcam' }).click();
    await page.waitForFunction(() => document.querySelector('video')!.videoWidth > 0);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    expect(await page.locator('#photos-status').innerText()).toContain('Hold the buttons of two classes');
    for (const name of ['first', 'second']) {
      const button = page.getByRole('button', { name: `Hold: ${name} class` });
      await button.focus();
      await page.keyboard.down('Space');
      await button.getByText(/^([6-9]|\d\d+)$/).waitFor();
      await page.keyboard.up('Space');
    }
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.locator('#photos-save').waitFor();
    expect(await page.locator('#photos-status').innerText()).toMatch(/right on held-out photos\. Trained in/);
    expect(await page.locator('.photo').count()).toBeGreaterThanOrEqual(8);
    expect(problems).toEqual([]);
    await withCamera.close();
  });

  it('learns the photos of a folder, names a wrong label, and hands the model out', async () => {
    const folder = join(outDir, 'my-photos');
    await writePhotos(folder, 12, 32);
    const wrong = (await readdir(join(folder, 'red')))[0]!;
    await copyFile(join(folder, 'red', wrong), join(folder, 'blue', 'wrong.png'));
    await writeBackbone(join(outDir, 'net'), { side: 32 });
    const { page, problems, foreign } = await open('', { reducedMotion: 'reduce', acceptDownloads: true });
    await page.locator('#backbone').selectOption('files');
    const files = (await readdir(join(outDir, 'net'))).map((name) => join(outDir, 'net', name));
    await page.locator('#backbone-files').setInputFiles(files);
    await page.locator('#photos-folder').setInputFiles(folder);
    await page.locator('#photos-save').waitFor();
    expect(await page.locator('#photos-status').innerText()).toMatch(
      /\d+ % right on held-out photos\. Trained in/,
    );
    expect(await page.locator('#photo-classes').innerText()).toContain('blue');
    expect(await page.locator('.photo').first().innerText()).toBe('blue? Rather red');

    const downloads = Promise.all([
      page.waitForEvent('download', (file) => file.suggestedFilename() === 'model.json'),
      page.waitForEvent('download', (file) => file.suggestedFilename() === 'model.weights.bin'),
    ]);
    await page.locator('#photos-save').click();
    const [json, weights] = await downloads;
    const saved = JSON.parse(await readFile(await json.path(), 'utf8')) as {
      userDefinedMetadata: { labels: string[] };
      weightsManifest: [{ weights: { shape: number[] }[] }];
    };
    expect(saved.userDefinedMetadata.labels).toEqual(['blue', 'green', 'red']);
    const values = saved.weightsManifest[0].weights.reduce(
      (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
      0,
    );
    expect((await stat(await weights.path())).size).toBe(4 * values);
    expect(problems).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('loads less than 1.5 MB of code before WebGPU is asked for', async () => {
    const assets = join(outDir, 'assets');
    const scripts = (await readdir(assets)).filter((name) => /^(index|worker).*\.(js|css)$/.test(name));
    const sizes = await Promise.all(scripts.map(async (name) => (await stat(join(assets, name))).size));
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.info(`playground: ${(total / 1e6).toFixed(2)} MB of code before WebGPU is asked for`);
    expect(total).toBeLessThan(1.5e6);
  });
});
