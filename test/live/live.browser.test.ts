import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../support/chromium.js';

const source = (path: string): string =>
  fileURLToPath(new URL(`../../packages/recency-bias/src/${path}`, import.meta.url));

async function bundle(contents: string, minify = false): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
    minify,
    tsconfigRaw: '{}',
    alias: {
      'recency-bias/live': source('live/index.ts'),
      'recency-bias/tfjs': source('tfjs/index.ts'),
      'recency-bias': source('index.ts'),
    },
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

/** Trains on stripes of which some are labelled wrong, beside callbacks of the shape that tfjs-vis makes. */
const APP = `
import * as tf from '@tensorflow/tfjs';
import { recencyBias } from 'recency-bias';
import { fit } from 'recency-bias/tfjs';
import { livePanel } from 'recency-bias/live';

const size = 96;
const pixels = new Float32Array(size * 64);
const labels = new Float32Array(size);
for (let i = 0; i < size; i++) {
  labels[i] = i % 2;
  for (let p = 0; p < 64; p++) {
    const line = (i % 2 === 0 ? p >> 3 : p & 7) + (i % 3);
    pixels[i * 64 + p] = (line & 1) + (i % 8 < 2 ? 1.2 : 0.2) * Math.sin(i * 64 + p);
  }
}
const picture = (index) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 8;
  const data = new ImageData(8, 8);
  for (let p = 0; p < 64; p++) {
    data.data.fill(128 * pixels[index * 64 + p], 4 * p, 4 * p + 3);
    data.data[4 * p + 3] = 255;
  }
  canvas.getContext('2d').putImageData(data, 0, 0);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'Stripes ' + index);
  return canvas;
};
const model = tf.sequential({ layers: [
  tf.layers.flatten({ inputShape: [8, 8, 1] }),
  tf.layers.dense({ units: 8, activation: 'relu', kernelInitializer: tf.initializers.heNormal({ seed: 1 }) }),
  tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: tf.initializers.heNormal({ seed: 2 }) }),
] });
model.compile({ optimizer: tf.train.sgd(0.05), loss: 'sparseCategoricalCrossentropy', metrics: ['acc'] });
await tf.setBackend('cpu');

window.relabelled = [];
window.other = 0;
window.seenWhileTraining = 0;
const panel = livePanel(document.querySelector('#live'), {
  classNames: ['<b>across</b>', 'down'], labels, picture, samples: 6, everyMs: 0,
  onRelabel: (index, label) => window.relabelled.push([index, label]),
});
window.panel = panel;
const likeTfvis = {
  onEpochEnd: async () => {
    window.other++;
    await new Promise(requestAnimationFrame);
    window.seenWhileTraining += document.querySelector('#live > *').shadowRoot.querySelectorAll('.gallery li').length > 0;
  },
  onBatchEnd: async () => {},
};
const { history } = await fit(model, tf.tensor4d(pixels, [size, 8, 8, 1]), tf.tensor1d(labels), {
  epochs: 8, batchSize: 16, seed: 1, validationSplit: 0.25,
  selector: recencyBias(), ...panel.hooks, callbacks: [likeTfvis, panel.callbacks],
});
window.losses = history.loss;
`;

describe('recency-bias/live', () => {
  it('takes less than 15 kB of compressed code, charts and windows included', async () => {
    const code = await bundle("export { livePanel, liveFeed } from 'recency-bias/live';", true);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(15_000);
    expect(code).not.toContain('tensorflow');
  });
});

describe.skipIf(withoutChromium)('the panel in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  const problems: string[] = [];

  beforeAll(async () => {
    const script = await bundle(APP);
    const html =
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>live</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><main id="live"></main><script type="module" src="/app.js"></script></html>';
    server = createServer((request, response) => {
      const isScript = request.url === '/app.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      // No styles but those of sheets made by scripts: pages with a strict policy can have the panel.
      response.setHeader('content-security-policy', "style-src 'none'");
      response.end(isScript ? script : html);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('window.losses !== undefined', undefined, { timeout: 60_000 });
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await new Promise((done) => server.close(done));
  });

  it('shows curves, batches and uncertain samples while a training runs, beside other callbacks', async () => {
    expect(problems).toEqual([]);
    expect(await page.evaluate('window.other')).toBe(8);
    expect(await page.evaluate('window.seenWhileTraining')).toBeGreaterThan(2);
    const losses = await page.evaluate<number[]>('window.losses');
    expect(await page.textContent('#live p >> nth=0')).toMatch(
      /^Ended after epoch 8: \d+ samples trained\.$/,
    );
    const charts = await page.$$eval('#live figure svg', (all) =>
      all.map((chart) => chart.getAttribute('aria-label')!),
    );
    expect(charts[0]).toMatch(
      /^Accuracy after epoch 8: acc \d+ %, val_acc \d+ %$|^Accuracy after epoch 8: val_acc \d+ %, acc \d+ %$/,
    );
    expect(charts[1]).toContain(`loss ${losses[7]!.toPrecision(3)}`);
    expect(await page.textContent('#live table')).toContain('very unsure');
    const tiles = await page.$$('#live .gallery li');
    expect(tiles.length).toBeGreaterThan(0);
    expect(await tiles[0]!.$$eval('canvas', (all) => all.length)).toBe(1);
    expect(await tiles[0]!.$$eval('.window i', (all) => all.length)).toBeGreaterThan(1);
  });

  it('has no accessibility fault, in light and dark, and fits a phone', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const faults = await page.evaluate(
        "axe.run('#live').then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
      );
      expect(faults).toEqual([]);
      const back = await page.$eval('#live section', (panel) => getComputedStyle(panel).backgroundColor);
      expect(back).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(27, 31, 37)');
    }
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('takes names as text, and a relabelling by its list, which stands still meanwhile', async () => {
    expect(await page.textContent('#live .gallery')).toMatch(/<b>across<\/b>|down/);
    const order = (): Promise<string[]> =>
      page.$$eval('#live .gallery select', (all) => all.map((one) => one.getAttribute('aria-label')!));
    const before = await order();
    await page.focus('#live .gallery select');
    await page.evaluate(
      'window.panel.show({ epoch: 9, step: 1, trainedSamples: 1, epochs: [], uncertain: [], hasEnded: false })',
    );
    expect(await order()).toEqual(before);
    await page.selectOption('#live .gallery select', { label: 'down' });
    const index = Number(/\d+/.exec(before[0]!)![0]);
    expect(await page.evaluate('window.relabelled')).toEqual([[index, 1]]);
    expect(await page.textContent('#live .gallery li strong')).toBe('down');
  });

  it('can be taken out of the page', async () => {
    await page.evaluate('window.panel.remove()');
    expect(await page.$$eval('#live > *', (all) => all.length)).toBe(0);
  });
});
