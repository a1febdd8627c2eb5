import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUN_FILES } from '../../src/records/run-files.js';
import { startWatching } from '../../src/watch/index.js';
import type { WatchServer } from '../../src/watch/index.js';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeSyntheticComparison } from '../support/synthetic-comparison.js';

const resume = (dir: string): Promise<string[]> => Promise.resolve(['compare', '--resume', '--out', dir]);

let root: string;
let dir: string;
let server: WatchServer;

/** Writes the records as they are when every run has come so far. */
function trained(epoch: number, to = dir, name = '<img src=x onerror=alert(1)>'): Promise<void> {
  return writeSyntheticComparison(to, {
    name,
    epochs: 8,
    warmupEpochs: 2,
    seeds: [1, 2],
    selectors: ['uniform', 'recency-bias'],
    stopAt: () => epoch,
  });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'watch-'));
  dir = join(root, 'runs');
  server = await startWatching([dir], { port: 0, resume });
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

describe('the server of the page', () => {
  const post = (path: string, headers: Record<string, string>, body: string): Promise<Response> =>
    fetch(new URL(path, server.address), { method: 'POST', headers, body });
  const json = { 'content-type': 'application/json' };

  it('listens on this machine alone, and has an address that nobody can guess', () => {
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  });

  it('answers nobody who does not know the address, and lets no page elsewhere read or frame its own', async () => {
    const { origin } = new URL(server.address);
    for (const path of ['/', '/events', `/${'0'.repeat(32)}/`]) {
      expect((await fetch(`${origin}${path}`)).status).toBe(404);
    }
    const { headers, status } = await fetch(server.address);
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('does what a button says only for its own page', async () => {
    expect((await post('stop', { 'content-type': 'text/plain' }, '{}')).status).toBe(403);
    expect((await post('stop', { ...json, 'sec-fetch-site': 'cross-site' }, '{}')).status).toBe(403);
    const other = await post('stop', json, JSON.stringify({ folder: '/etc' }));
    expect([other.status, await other.text()]).toEqual([409, '/etc: is not watched.\n']);
    const idle = await post('stop', json, JSON.stringify({ folder: dir }));
    expect(await idle.text()).toBe(`${dir}: no process trains there.\n`);
  });

  it('takes the next port where one is taken', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    const other = await startWatching([dir], { port, resume });
    expect(other.port).not.toBe(port);
    expect((await fetch(other.address)).status).toBe(200);
    await other.close();
    taken.close();
  });
});

describe.skipIf(withoutChromium)('the page in Chromium', () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const requests: string[] = [];

  const shown = (text: string): Promise<void> =>
    page.getByText(text).first().waitFor({ state: 'attached', timeout: 30_000 });

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(server.address);
  });
  afterAll(async () => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent when the browser did not start
    await browser?.close();
  });

  it('waits for a folder that is not there yet, and then shows its runs, curves and table', async () => {
    await shown('Waiting for the first run');
    await trained(4);
    await shown('4 stopped');
    expect(await page.title()).toContain('<img src=x onerror=alert(1)>');
    await page.locator('[data-chart=curve]').first().scrollIntoViewIfNeeded();
    await page.locator('[data-chart=curve] svg').first().waitFor();
  });

  it('shows what comes, and keeps what the reader has chosen, opened and drawn', async () => {
    await page.getByText('linear').click();
    await page.getByText('Test error by epoch as a table').click();
    const chart = page.locator('[data-chart=curve][data-of=testError]');
    const paths = (): Promise<string> => chart.locator('svg').innerHTML();
    const before = await paths();
    await chart.evaluate((element) => {
      element.setAttribute('data-mark', 'same');
    });
    await trained(6);
    await page.locator('details[open] tbody tr').nth(5).waitFor();
    expect(await page.getByRole('radio', { name: 'linear' }).isChecked()).toBe(true);
    expect(await chart.getAttribute('data-mark')).toBe('same');
    await expect.poll(paths, { timeout: 20_000 }).not.toBe(before);
  });

  it('says of a folder that is being copied what is not there yet, shows what is, and then all', async () => {
    const header = join(dir, 'run0-seed1', 'run.json');
    await rename(header, `${header}.later`);
    await shown('run.json: is missing');
    await shown('4 stopped');
    await rename(`${header}.later`, header);
    await page.getByText('run.json: is missing').waitFor({ state: 'detached' });
  });

  it('says why a run failed', async () => {
    const path = join(dir, 'run1-seed2', RUN_FILES.failure);
    await writeFile(path, 'no space left on the device\n');
    await shown('no space left on the device');
    await rm(path);
  });

  it('goes on when the server was away', async () => {
    const { port, token } = server;
    await server.close();
    await shown('The command has ended');
    await shown(`recency-bias watch ${dir}”`);
    expect(await page.getByRole('button').count()).toBe(0);
    await trained(7);
    problems.length = 0; // the browser complains of requests that nobody answers
    server = await startWatching([dir], { port, token, resume });
    await page.locator('details[open] tbody tr').nth(6).waitFor({ timeout: 30_000 });
    await shown('Live.');
  });

  it('shows the end, with the samples of the report', async () => {
    await trained(Infinity);
    await shown('All runs have ended.');
    await shown('Most uncertain at the end');
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('shows several folders as a report of several does', async () => {
    const [first, second] = [join(root, 'first'), join(root, 'second')];
    await trained(3, first, 'one');
    await writeSyntheticComparison(second, { name: 'two', epochs: 4, warmupEpochs: 0, seeds: [1] });
    const several = await startWatching([first, second], { port: 0, resume });
    await page.goto(several.address);
    await shown('Live.');
    expect(await page.locator('article[data-comparison]').count()).toBe(2);
    expect(await page.locator('.folder').count()).toBe(2);
    await several.close();
  });

  it('shows a training alone on a short page, the less looked at folded, and open once it was opened', async () => {
    const alone = join(root, 'alone');
    const write = (epoch: number): Promise<void> =>
      writeSyntheticComparison(alone, {
        name: 'alone',
        epochs: 8,
        warmupEpochs: 2,
        seeds: [1],
        selectors: ['recency-bias'],
        stopAt: () => epoch,
      });
    await write(4);
    const single = await startWatching([alone], { port: 0, resume });
    await page.goto(single.address);
    await shown('Training with Recency Bias');
    await page.locator('[data-chart=curve] svg').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(3000);
    const coverage = page.locator('[data-chart=coverage]').first();
    expect(await coverage.isVisible()).toBe(false);
    await page.getByRole('heading', { name: 'How evenly the data were used' }).click();
    await coverage.locator('svg').waitFor();
    await write(6);
    await shown('6 of 8');
    expect(await coverage.isVisible()).toBe(true);
    await single.close();
  });

  it('asks its own server alone, runs nothing that records hold, and complains of nothing', () => {
    const own = new URL(server.address).hostname;
    expect(requests.map((url) => new URL(url).hostname)).toEqual(requests.map(() => own));
    expect(problems.filter((problem) => !problem.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });

  it('fits a narrow screen', async () => {
    const narrow = await browser.newPage({ viewport: { width: 360, height: 700 } });
    await narrow.goto(server.address);
    await narrow.getByText('Live.').waitFor();
    expect(await narrow.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await narrow.close();
  });
});
