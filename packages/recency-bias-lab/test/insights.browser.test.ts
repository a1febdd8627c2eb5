import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { LabelHistory, Random } from 'recency-bias';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageDataset } from '../src/data/image-dataset.js';
import { flippedSamples, withLabelNoise } from '../src/data/label-noise.js';
import { SampleRecord } from '../src/experiment/selection/sample-record.js';
import { writeInsights } from '../src/insights/index.js';
import { insightsOf } from '../src/insights/insights.js';
import { SampleTable } from '../src/samples/sample-table.js';
import { launchChromium, withoutChromium } from '../../../test/support/chromium.js';
import { header } from './support/records.js';

const SIZE = 300;
const CLASSES = 4;
const EPOCHS = 12;
const CLASS_NAMES = ['</script><script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'cat', 'dog'];

/** A data set with wrong labels, and a network that says what it must have been, wavering about some samples. */
function synthetic(share: number, wavering: number) {
  const random = new Random(3);
  const shape = [12, 16, 3] as const;
  const split = {
    size: SIZE,
    images: Uint8Array.from({ length: SIZE * 12 * 16 * 3 }, () => random.int(256)),
    labels: Int32Array.from({ length: SIZE }, () => random.int(CLASSES)),
    files: Array.from({ length: SIZE }, (_, i) => `photos/<b>${i}</b>.jpg`),
  };
  const clean: ImageDataset = {
    name: 'photos',
    imageShape: shape,
    classes: CLASSES,
    classNames: CLASS_NAMES,
    train: split,
    test: split,
  };
  const labelNoise = share > 0 ? { share, seed: 1 } : undefined;
  const dataset = labelNoise === undefined ? clean : withLabelNoise(clean, labelNoise);
  const { labels } = dataset.train;
  const record = new SampleRecord({ epochs: EPOCHS }, labels);
  const history = new LabelHistory(SIZE, CLASSES, 10);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (let i = 0; i < SIZE; i++) {
      const predicted = random.float() < wavering && i % 3 === 0 ? random.int(CLASSES) : split.labels[i]!;
      history.record(i, predicted);
      record.observe(
        i,
        predicted,
        predicted === labels[i] ? 0.1 : 3,
        predicted === labels[i] ? 2 : -2,
        epoch,
      );
    }
    record.endEpoch(epoch, history);
  }
  const table = new SampleTable({
    version: 1,
    epoch: EPOCHS,
    labels,
    timesDrawn: new Uint32Array(SIZE).fill(EPOCHS),
    history: { ...history.stateDict(), window: 10, classes: CLASSES },
    samples: record.stateDict(),
  });
  const facts = {
    name: 'photos',
    trainSize: SIZE,
    testSize: SIZE,
    classes: CLASSES,
    classNames: CLASS_NAMES,
  };
  return insightsOf({
    header: header({ dataset: facts, epochs: EPOCHS }),
    complete: true,
    table,
    dataset,
    labelNoise,
  });
}

describe.skipIf(withoutChromium)('the insights page in Chromium', () => {
  let root: string;
  let browser: Browser;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'insights-browser-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent when the browser did not start
    await browser?.close();
    await rm(root, { recursive: true, force: true });
  });

  async function open(
    insights: ReturnType<typeof synthetic>,
    options: Parameters<Browser['newPage']>[0] = {},
    folder?: string,
  ): Promise<{ page: Page; problems: string[]; requests: string[]; address: string }> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    const address = pathToFileURL(await writeInsights(root, insights, 5, folder)).href;
    await page.goto(address);
    return { page, problems, requests, address };
  }

  it('shows galleries of pictures with windows and lines, and charts, folded, without an error or a request', async () => {
    const { page, problems, requests, address } = await open(synthetic(0.1, 0.8));
    for (const id of ['uncertain', 'suspects', 'forgotten']) {
      const section = page.locator(`section[aria-labelledby=${id}]`);
      expect(await section.locator('.sample').count()).toBe(5);
      expect(await section.locator('.window').count()).toBe(5);
      expect(await section.locator('.spark path').count()).toBe(5);
    }
    const loaded = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLImageElement>('.sample img')].every(
        (image) => image.naturalWidth === 16,
      ),
    );
    expect(loaded).toBe(true);
    expect(await page.locator('svg.plot').count()).toBe(3);
    expect(await page.locator('svg.plot rect[height]:not([height="0.0"])').count()).toBeGreaterThan(4);
    expect(await page.locator('.sample').first().isVisible()).toBe(false);
    await page.locator('section[aria-labelledby=suspects] summary').click();
    const sides = await page.locator('section[aria-labelledby=suspects] .sample img').first().boundingBox();
    expect(sides).toMatchObject({ width: 160, height: 160 });
    expect(problems).toEqual([]);
    expect(requests).toEqual([address]);
    const suspects = await page.locator('section[aria-labelledby=suspects]').innerText();
    expect(suspects).toContain('made wrong on purpose');
    expect(suspects).toContain('photos/<b>');
    expect(flippedSamples(SIZE, { share: 0.1, seed: 1 })).toHaveLength(30);
    expect(await page.locator('.warning').innerText()).toContain('30 labels were made wrong on purpose');
    await page.close();
  });

  it('enlarges a picture by a click or a key, from the file of the photo, and goes on by arrows', async () => {
    const insights = synthetic(0.1, 0.8);
    const photos = join(root, 'photo folder');
    const [first, second] = insights.galleries.find(({ id }) => id === 'suspects')!.indices;
    const file = insights.dataset.train.files![first!]!;
    await mkdir(dirname(join(photos, file)), { recursive: true });
    const red = { width: 300, height: 200, channels: 3, background: 'red' } as const;
    await sharp({ create: red }).jpeg().toFile(join(photos, file));
    const { page, problems } = await open(insights, {}, photos);
    await page.locator('section[aria-labelledby=suspects] summary').click();
    const link = page.locator('section[aria-labelledby=suspects] .zoom').first();
    expect(await link.getAttribute('href')).toMatch(/^photo%20folder\/photos\//);
    await link.focus();
    await page.keyboard.press('Enter');
    const picture = page.locator('#enlarged img');
    const width = (): Promise<number> =>
      picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBe(300);
    expect(await page.locator('#enlarged-file').textContent()).toBe(file);
    expect((await picture.boundingBox())!.width).toBeGreaterThan(600);
    expect(problems).toEqual([]);
    // The file of the next photo is not there: its picture of the page is shown.
    await page.keyboard.press('ArrowRight');
    await expect.poll(width).toBe(16);
    expect(await page.locator('#enlarged-file').textContent()).toBe(insights.dataset.train.files![second!]);
    await page.keyboard.press('Escape');
    expect(await page.locator('#enlarged').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('zoom');
    await page.close();
  });

  it('says of empty galleries that they are', async () => {
    const { page } = await open(synthetic(0, 0));
    expect(await page.locator('.sample').count()).toBe(0);
    expect(await page.locator('section p.note', { hasText: /^None: / }).count()).toBe(4);
    await page.close();
  });

  it('fits a narrow screen and follows the colour scheme', async () => {
    const insights = synthetic(0.1, 0.8);
    const { page } = await open(insights, { viewport: { width: 360, height: 700 }, colorScheme: 'light' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const colors = () =>
      page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('svg.plot rect[rx]')!).fill,
      ]);
    const light = await colors();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await colors();
    expect(dark[0]).not.toBe(light[0]);
    expect(dark[1]).not.toBe(light[1]);
    await page.close();
  });

  it('names every picture and chart for those who cannot see them, and links to files that exist', async () => {
    const { page } = await open(synthetic(0.1, 0.8));
    const unnamed = await page.evaluate(
      () =>
        [...document.querySelectorAll('[role=img], img')].filter(
          (element) => !(element.getAttribute('aria-label') ?? element.getAttribute('alt')),
        ).length,
    );
    expect(unnamed).toBe(0);
    const links = await page.evaluate(() => [...document.querySelectorAll('a')].map(({ href }) => href));
    expect(links).toEqual(
      ['insights.csv', 'insights.json'].map((name) => pathToFileURL(join(root, name)).href),
    );
    await page.close();
  });
});
