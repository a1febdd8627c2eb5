import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../report/chromium.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

const TFJS = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs')), 'tf.min.js');

/** As a user's page would: the model, its metadata, a photo drawn at the model's size, probabilities. */
const CLASSIFY = `async (photos) => {
  const model = await tf.loadLayersModel('model/model.json');
  const { labels, imageSize: { height, width }, scaling: { mean, std } } = model.getUserDefinedMetadata();
  const probabilities = [];
  for (const photo of photos) {
    const bitmap = await createImageBitmap(await (await fetch(photo)).blob(), { colorSpaceConversion: 'none' });
    const output = tf.tidy(() => model.predict(
      tf.browser.fromPixels(bitmap).toFloat().div(255).sub(mean).div(std).expandDims()));
    probabilities.push(Array.from(await output.data()));
    if (bitmap.height !== height || bitmap.width !== width) throw new Error('of another size');
  }
  return { labels, probabilities };
}`;

describe.skipIf(withoutChromium)('a saved model in a browser', () => {
  let dir: string;
  let browser: Browser;
  const server = createServer((request, response) => {
    const path = request.url === '/tf.js' ? TFJS : join(dir, request.url!);
    if (request.url === '/')
      response.setHeader('content-type', 'text/html').end('<script src="/tf.js"></script>');
    else
      readFile(path).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
  });
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'browser-'));
    // Photos of the size that the network takes: resizing is not the same in any two programs.
    await writePhotos(join(dir, 'photos'), 6, 16);
    await writeBackbone(join(dir, 'net'));
    const flags = [
      '--epochs',
      '10',
      '--batch-size',
      '8',
      '--learning-rate',
      '0.05',
      '--backend',
      'wasm',
      '--cache',
      'cache',
    ];
    const { stderr, code } = await runCli(
      ['finetune', 'photos', '--backbone', 'net', ...flags, '--out', '.'],
      dir,
    );
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    server.close();
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('is loaded by tf.loadLayersModel and gives the probabilities of Node', async () => {
    const photos = ['blue', 'green', 'red'].flatMap((label) =>
      [0, 1, 2].map((i) => `photos/${label}/${i}.png`),
    );
    const { stdout } = await runCli(['predict', 'model', ...photos, '--json', '--backend', 'cpu'], dir);
    const node = JSON.parse(stdout) as { predictions: { label: string; probability: number }[] }[];

    const address = server.address();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}/`);
    const { labels, probabilities } = await page.evaluate<{ labels: string[]; probabilities: number[][] }>(
      `(${CLASSIFY})(${JSON.stringify(photos)})`,
    );
    expect(labels).toEqual(['blue', 'green', 'red']);
    let spread = 0;
    for (const [i, { predictions }] of node.entries()) {
      for (const { label, probability } of predictions) {
        expect(Math.abs(probabilities[i]![labels.indexOf(label)]! - probability)).toBeLessThan(1e-3);
        spread = Math.max(spread, Math.abs(probability - 1 / 3));
      }
    }
    expect(spread).toBeGreaterThan(0.05); // it has an opinion
  }, 60_000);

  it('is used as docs/finetuning.md shows it with the answers of predict, also for photos that are not square', async () => {
    const colours = { blue: '#1e28c8', green: '#28be3c', red: '#d23228' };
    // What matters is in the middle; what is cut away says something else.
    for (const [label, middle, sides] of [
      ['wide', colours.blue, colours.red],
      ['tall', colours.green, colours.blue],
    ] as const) {
      const [width, height] = label === 'wide' ? [96, 32] : [32, 64];
      const inner = { create: { width: 32, height: 32, channels: 3, background: middle } } as const;
      const outer = { create: { width, height, channels: 3, background: sides } } as const;
      const input = await sharp(inner).png().toBuffer();
      await sharp(outer)
        .composite([{ input }])
        .png()
        .toFile(join(dir, `${label}.png`));
    }
    const photos = ['wide.png', 'tall.png'];
    const { stdout } = await runCli(['predict', 'model', ...photos, '--json', '--backend', 'cpu'], dir);
    const node = JSON.parse(stdout) as { predictions: { label: string; probability: number }[] }[];
    const docs = await readFile(
      fileURLToPath(new URL('../../../../docs/finetuning.md', import.meta.url)),
      'utf8',
    );
    const snippet = /```js\n(const model = await tf[\s\S]*?)```/.exec(docs)![1]!;
    const address = server.address();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}/`);
    const found = await page.evaluate<{ labels: string[]; rows: number[][] }>(`(async () => {
      ${snippet}
      const rows = [];
      for (const name of ${JSON.stringify(photos)}) {
        const photo = new Image();
        photo.src = name;
        await photo.decode();
        rows.push(Array.from(classify(photo)));
      }
      return { labels, rows };
    })()`);
    for (const [i, { predictions }] of node.entries()) {
      for (const { label, probability } of predictions) {
        expect(Math.abs(found.rows[i]![found.labels.indexOf(label)]! - probability)).toBeLessThan(0.02);
      }
    }
    expect(node.map(({ predictions }) => predictions[0]!.label)).toEqual(['blue', 'green']);
  }, 60_000);
});
