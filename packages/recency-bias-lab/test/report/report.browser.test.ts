import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DARK_COLORS, LIGHT_COLORS } from '../../src/report/palette.js';
import { writeReport } from '../../src/report/index.js';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeSyntheticComparison } from '../support/synthetic-comparison.js';

/** Charts of a comparison of four selectors. */
const CHARTS = 16;

/** A page with what went wrong and what it asked for. */
interface Opened {
  readonly page: Page;
  readonly problems: string[];
  readonly requests: string[];
}

describe.skipIf(withoutChromium)('the report in Chromium', () => {
  let root: string;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'report-browser-'));
    await writeSyntheticComparison(root, {
      epochs: 8,
      warmupEpochs: 2,
      seeds: [1, 2],
      name: '<img src=x onerror=alert(1)>',
      classNames: ['</script><script>alert(1)</script>', '<b>', 'cat', 'dog'],
    });
    address = pathToFileURL((await writeReport(root)).reportPath).href;
    browser = await launchChromium();
  });
  afterAll(async () => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent when the browser did not start
    await browser?.close();
    await rm(root, { recursive: true, force: true });
  });

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(address);
    return { page, problems, requests };
  }

  /** Brings every chart near, one after the other, so that it is drawn. */
  async function seeAll(page: Page): Promise<void> {
    for (const chart of await page.locator('[data-chart]').all()) {
      await chart.scrollIntoViewIfNeeded();
      await chart.locator('svg, canvas').first().waitFor();
    }
  }

  /** Number of charts that have drawn something. */
  const drawn = (page: Page): Promise<number> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('[data-chart]')].filter((chart) => {
          const canvas = chart.querySelector('canvas');
          if (canvas === null) return chart.querySelectorAll('svg path').length > 3;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return data.some((value) => value > 0);
        }).length,
    );

  /** Colours of all lines in the charts. */
  const lineColors = (page: Page): Promise<string[]> =>
    page.evaluate(() => [
      ...new Set(
        [...document.querySelectorAll('[data-chart] svg path[stroke]')].map((path) =>
          path.getAttribute('stroke')!,
        ),
      ),
    ]);

  it('draws every chart, without an error or a request', async () => {
    const { page, problems, requests } = await open();
    // Two paired comparisons, three curves against epochs and three against seconds, two distributions, two coverages, and a heat map for each of the four selectors.
    expect(await page.locator('[data-chart]').count()).toBe(CHARTS);
    expect(await drawn(page)).toBeLessThan(CHARTS);
    await seeAll(page);
    expect(await drawn(page)).toBe(CHARTS);
    expect(problems).toEqual([]);
    expect(requests).toEqual([address]);
    await page.close();
  });

  it('follows the toolbar', async () => {
    const { page, problems } = await open();
    await seeAll(page);
    const chart = page.locator('[data-chart=curve][data-of=testError]');
    expect(await chart.textContent()).toContain('epochs');
    await page.locator('[name=axis][value=trained]').check();
    expect(await chart.textContent()).toContain('samples trained');
    expect(await page.locator('[data-chart=seconds][data-of=testError]').textContent()).toContain(
      'seconds of training',
    );
    const before = await chart.locator('path').count();
    await page.locator('[name=selector][value=uniform]').uncheck();
    expect(await chart.locator('path').count()).toBeLessThan(before);
    await page.locator('[name=scale][value=linear]').check();
    await page.locator('[name=after-warmup]').check();
    expect(await drawn(page)).toBe(CHARTS);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows the values of all selectors on hovering, with names as text', async () => {
    const { page, problems } = await open();
    const chart = page.locator('[data-chart=curve][data-of=testError]');
    await chart.scrollIntoViewIfNeeded();
    await chart.hover({ position: { x: 500, y: 150 } });
    const tip = chart.locator('table');
    await tip.waitFor();
    expect(await tip.locator('tr').count()).toBe(4);
    expect(await tip.textContent()).toMatch(/Recency Bias\d+\.\d\d ± \d+\.\d\d/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('follows the colour scheme while it is open', async () => {
    const { page } = await open({ colorScheme: 'light' });
    await seeAll(page);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    expect(await lineColors(page)).toEqual(expect.arrayContaining(LIGHT_COLORS.slice(0, 4)));
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => lineColors(page)).toEqual(expect.arrayContaining(DARK_COLORS.slice(0, 4)));
    for (const color of LIGHT_COLORS) expect(await lineColors(page)).not.toContain(color);
    expect(await background()).not.toBe(light);
    await page.close();
  });

  it('prints charts that have not been seen', async () => {
    const { page } = await open();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await drawn(page)).toBe(CHARTS);
    await page.close();
  });

  it('prints in the light colours, within the paper, and returns', async () => {
    const { page, problems } = await open({ colorScheme: 'dark' });
    const widths = () =>
      page.evaluate(() => [...document.querySelectorAll('[data-chart] svg')].map((svg) => svg.clientWidth));
    await seeAll(page);
    const before = await widths();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await lineColors(page)).toEqual(expect.arrayContaining(LIGHT_COLORS.slice(0, 4)));
    expect(Math.max(...(await widths()))).toBeLessThan(700);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await lineColors(page)).toEqual(expect.arrayContaining(DARK_COLORS.slice(0, 4)));
    expect(await widths()).toEqual(before);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('fits a narrow screen', async () => {
    const { page } = await open({ viewport: { width: 360, height: 700 } });
    await seeAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await drawn(page)).toBe(CHARTS);
    await page.close();
  });

  it('shows all results in tables when scripts are off', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    const text = await page.locator('main').innerText();
    expect(text).toContain('Without scripts');
    expect(await page.locator('table').count()).toBeGreaterThanOrEqual(4);
    expect(await page.locator('.toolbar').isVisible()).toBe(false);
    await page.close();
  });

  it('names every chart, image and table column for those who cannot see them', async () => {
    const { page } = await open();
    const unnamed = await page.evaluate(
      () =>
        [...document.querySelectorAll('[role=img], [role=region], img, form')].filter(
          (element) => !(element.getAttribute('aria-label') ?? element.getAttribute('alt')),
        ).length,
    );
    expect(unnamed).toBe(0);
    expect(await page.locator('th:not([scope])').count()).toBe(0);
    await page.close();
  });
});
