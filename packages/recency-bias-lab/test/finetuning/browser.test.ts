import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

const TFJS = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs')), 'tf.min.js');

const LIBRARY = fileURLToPath(new URL('../../../recency-bias/src/classifier/index.ts', import.meta.url));

const COLOURS = { blue: '#1e28c8', green: '#28be3c', red: '#d23228' };
const SHAPES = [
  [32, 24],
  [96, 32],
  [33, 67],
  [480, 270],
  [300, 900],
] as const;
const PAIRS = [
  ['blue', 'red'],
  ['green', 'blue'],
  ['red', 'green'],
] as const;

interface Outcome {
  readonly predictions: readonly { readonly label: string; readonly probability: number }[];
}

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
  let library: string;
  const server = createServer((request, response) => {
    const path = request.url === '/tf.js' ? TFJS : join(dir, request.url!);
    if (request.url === '/')
      response
        .setHeader('content-type', 'text/html')
        .end('<img /><script src="/tf.js"></script><script src="/library.js"></script>');
    else if (request.url === '/library.js') response.end(library);
    else
      readFile(path).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
  });
  const address = (): string => {
    const at = server.address();
    return `http://127.0.0.1:${typeof at === 'object' ? at!.port : 0}/`;
  };
  const predictions = async (photos: readonly string[]): Promise<Outcome[]> => {
    const { stdout } = await runCli(['predict', 'model', ...photos, '--json', '--backend', 'cpu'], dir);
    return JSON.parse(stdout) as Outcome[];
  };
  /** Photos of many shapes and sizes. What matters is in the middle; what is cut away says something else. */
  const writeOddPhotos = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const [width, height] of SHAPES) {
      for (const [middle, sides] of PAIRS) {
        const side = Math.min(width, height);
        const background = COLOURS[middle];
        const inner = sharp({ create: { width: side, height: side, channels: 3, background } });
        const input = await inner.png().toBuffer();
        const name = `${middle}-${width}x${height}.png`;
        await sharp({ create: { width, height, channels: 3, background: COLOURS[sides] } })
          .composite([{ input }])
          .png()
          .toFile(join(dir, name));
        names.push(name);
      }
    }
    return names;
  };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'browser-'));
    // Photos of the size that the network takes: resizing is not the same in any two programs.
    await writePhotos(join(dir, 'photos'), 6, 16);
    await writeBackbone(join(dir, 'net'));
    const flags = [
      '--recipe', // all of the network from the first epoch, so that the best epoch has moved the weights
      'paper',
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
    const { outputFiles } = await build({
      stdin: { contents: "export * from 'recency-bias/classifier';", resolveDir: dirname(TFJS) },
      ...{ bundle: true, write: false, format: 'iife', globalName: 'classifierLibrary' },
      alias: { 'recency-bias/classifier': LIBRARY },
      tsconfigRaw: '{}',
    });
    library = outputFiles[0]!.text;
    browser = await launchChromium(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
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
    const node = await predictions(photos);
    const page = await browser.newPage();
    await page.goto(address());
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
    const names = await writeOddPhotos();
    const node = await predictions(names);
    const docs = await readFile(
      fileURLToPath(new URL('../../../../docs/finetuning.md', import.meta.url)),
      'utf8',
    );
    const snippet = /```js\n(import \{ loadClassifier \}[\s\S]*?)```/.exec(docs)![1]!;
    expect(snippet.trim().split('\n')).toHaveLength(5);
    const page = await browser.newPage();
    await page.goto(address());
    const found = await page.evaluate<Outcome[]>(`(async () => {
      const all = [];
      for (const name of ${JSON.stringify(names)}) {
        const image = new Image();
        image.src = name;
        document.querySelector('img').replaceWith(image);
        ${snippet.replace(/^import .*\n/, 'const { loadClassifier } = classifierLibrary;\n').replace(/console\.log\(.*\n/, '')}
        all.push({ predictions: [best], all: await classifier.classify(image) });
        classifier.dispose();
      }
      return all.map(({ all }) => ({ predictions: all }));
    })()`);
    expect(found.map(({ predictions: [best] }) => best!.label)).toEqual(
      node.map(({ predictions: [best] }) => best!.label),
    );
    expect(new Set(node.map(({ predictions: [best] }) => best!.label)).size).toBeGreaterThan(1);
    for (const [i, { predictions }] of node.entries()) {
      for (const { label, probability } of predictions) {
        const own = found[i]!.predictions.find((one) => one.label === label)!;
        expect(Math.abs(own.probability - probability), names[i]).toBeLessThan(0.02);
      }
    }
    await page.close();
  }, 60_000);

  it('is tried in try.html without a server and without a request, by a photo that is chosen and by the webcam', async () => {
    const [name] = await writeOddPhotos();
    const [expected] = await predictions([name!]);
    const page = await browser.newPage();
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => requests.push(request.url()));
    const file = pathToFileURL(join(dir, 'model', 'try.html')).href;
    await page.goto(file);
    await page.waitForSelector('#files:enabled');
    await page.setInputFiles('#files', join(dir, name!));
    expect(await page.textContent('.results .answer strong')).toBe(expected!.predictions[0]!.label);
    expect(await page.locator('.results .bars li').count()).toBe(3);
    await page.setInputFiles('#files', join(dir, 'model', 'model.json'));
    await page.locator('#status', { hasText: 'cannot read it' }).waitFor();
    // Photos that are chosen together stay in their order, and what cannot be read is still said at the end.
    const together = ['photos/red/0.png', 'model/model.json', 'photos/red/1.png'].map((path) =>
      join(dir, path),
    );
    await page.setInputFiles('#files', together);
    await expect
      .poll(() => page.locator('#results .file').allTextContents())
      .toEqual(['0.png', '1.png', basename(name!)]);
    await page.locator('#status', { hasText: 'model.json: this browser cannot read it' }).waitFor();
    await page.click('#webcam');
    await page.waitForSelector('#live .answer');
    await page.click('#webcam');
    await page.waitForSelector('#live', { state: 'hidden' });
    expect(problems).toEqual([]);
    expect(requests).toEqual([file]);
    await page.close();
  }, 60_000);

  it('says what is wrong with a model that names no classes', async () => {
    const page = await browser.newPage();
    await page.goto(address());
    const message = await page.evaluate<string>(
      `classifierLibrary.loadClassifier('net/model.json').catch((error) => error.message)`,
    );
    expect(message).toContain('does not say what its classes and images are');
    await page.close();
  }, 60_000);
});
