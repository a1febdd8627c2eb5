import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli, startCli } from '../support/cli.js';
import type { RunningCli } from '../support/cli.js';

/** Photos that lie in the folder of another colour. */
const WRONG = ['blue/stray-1.png', 'blue/stray-2.png', 'green/stray-3.png'];

describe.skipIf(withoutChromium)('recency-bias review', () => {
  let dir: string;
  let browser: Browser;
  let page: Page;
  let command: RunningCli;
  let address: string;
  const errors: string[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'review-'));
    await writePhotos(join(dir, 'photos'), 24);
    for (const [i, path] of WRONG.entries()) {
      await cp(join(dir, `photos/red/${i}.png`), join(dir, 'photos', path));
      await rm(join(dir, `photos/red/${i}.png`));
    }
    await writeBackbone(join(dir, 'net'));
    const flags = ['--epochs', '10', '--batch-size', '8', '--learning-rate', '0.02', '--test-size', '3'];
    const result = await runCli(
      [
        'finetune',
        'photos',
        '--backbone',
        'net',
        '--backend',
        'wasm',
        '--cache',
        'cache',
        ...flags,
        '--out',
        'run',
      ],
      dir,
    );
    expect(result.code, result.stderr).toBe(0);
    browser = await launchChromium();
    command = startCli(['review', 'run', '--cache', 'cache', '--port', '0'], dir);
    await command.seen('Ctrl-C ends the page');
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    address = /http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//.exec(command.output())![0];
    await page.goto(address);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    command.process.kill('SIGINT');
    await command.result;
    await rm(dir, { recursive: true, force: true });
  });

  const labels = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(dir, 'run/labels.json'), 'utf8')) as Record<string, unknown>;
  const written = (part: string, value: unknown): Promise<void> =>
    expect
      .poll(async () => ((await labels().catch(() => ({}))) as Record<string, unknown>)[part])
      .toEqual(value);
  const shownFile = (): Promise<string | null> => page.textContent('#file');
  /** Goes to a photo by its tile. */
  const open = async (file: string): Promise<void> => {
    const tiles = await page.$$('.tiles button');
    for (const tile of tiles) {
      await tile.click();
      if ((await shownFile()) === file) return;
    }
    throw new Error(`${file} is no suspect`);
  };

  it('shows photos in the wrong folder as suspects, large, with names, and right and wrong by shape', async () => {
    const names = await page.$$eval('.tiles img', (images) => images.length);
    expect(names).toBeGreaterThanOrEqual(2);
    const tile = await page.$eval('.tiles img', (image) => image.getBoundingClientRect().width);
    const photo = await page.$eval('#photo', (image) => image.getBoundingClientRect().width);
    expect(Math.min(tile, photo)).toBeGreaterThanOrEqual(160);
    await expect
      .poll(() => page.$eval('#photo', (image) => (image as HTMLImageElement).naturalWidth))
      .toBe(20);
    await open(WRONG[0]!);
    expect(await page.textContent('#question')).toBe('Is this blue?');
    expect(await page.textContent('#says')).toMatch(/The network says red in \d+ % of its last answers/);
    expect(await page.textContent('#answers')).toContain('✗red');
  });

  it('takes a decision by one key, writes it within a moment, and takes it back', async () => {
    await open(WRONG[0]!);
    await page.keyboard.press('r');
    await written('labels', { [WRONG[0]!]: 'red' });
    expect(await shownFile()).not.toBe(WRONG[0]);
    await page.keyboard.press('z');
    await written('labels', {});
    expect(await shownFile()).toBe(WRONG[0]);
    await page.keyboard.press('x');
    await written('leaveOut', [WRONG[0]]);
    await page.keyboard.press('z');
    await page.keyboard.press('3');
    await written('labels', { [WRONG[0]!]: 'red' });
    await written('leaveOut', []);
    await open(WRONG[1]!);
    await page.keyboard.press('1');
    await written('accepted', [WRONG[1]]);
    await open(WRONG[1]!);
    await page.click('[data-action=relabel]');
    await written('labels', { [WRONG[0]!]: 'red', [WRONG[1]!]: 'red' });
    await written('accepted', []);
    expect(await page.textContent('#place')).toMatch(/; 2 looked at$/);
  });

  it('keeps what was said when it is opened again, and asks nobody else', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.reload();
    await expect.poll(() => page.textContent('.tiles')).toContain('now red');
    expect(requests.filter((url) => !url.startsWith(address))).toEqual([]);
    expect(errors).toEqual([]);
    const root = new URL('/', address).href;
    expect((await fetch(root)).status).toBe(404);
    expect((await fetch(`${address}photo/0x1`)).status).toBe(404);
    const foreign = await fetch(`${address}decide`, { method: 'POST', body: '{}' });
    expect(foreign.status).toBe(403);
    const index = Number(/\d+$/.exec((await page.getAttribute('#photo', 'src'))!)![0]);
    const wrong = await fetch(`${address}decide`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decisions: [{ index, decision: { kind: 'label', label: 'pink' } }] }),
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('pink is none of the classes');
  });

  it('sends decisions of a moment in one request, and takes back decisions of earlier requests', async () => {
    const sent: string[] = [];
    const listen = (request: { method: () => string; postData: () => string | null }): void => {
      if (request.method() === 'POST') sent.push(request.postData() ?? '');
    };
    page.on('request', listen);
    await page.evaluate(
      (files) => {
        for (const tile of document.querySelectorAll<HTMLElement>('.tiles button')) {
          tile.click();
          if (!files.includes(document.getElementById('file')!.textContent)) continue;
          document.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));
        }
      },
      WRONG.slice(0, 2),
    );
    await expect.poll(async () => ((await labels()).leaveOut as unknown[]).length).toBe(2);
    expect(sent).toHaveLength(1);
    expect((JSON.parse(sent[0]!) as { decisions: unknown[] }).decisions).toHaveLength(2);
    await page.keyboard.press('z');
    await expect.poll(async () => ((await labels()).leaveOut as unknown[]).length).toBe(1);
    await page.keyboard.press('z');
    await written('leaveOut', []);
    expect(sent).toHaveLength(3);
    page.off('request', listen);
  });

  it('loses no decision with a page that is killed before it could send: the next page sends it', async () => {
    await page.route('**/decide', (route) => route.abort());
    await open(WRONG[1]!);
    await page.keyboard.press('x');
    await expect.poll(() => page.textContent('#status')).toContain('Not written: 1.');
    const asks = (at: Page): Promise<boolean> =>
      at.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
    expect(await asks(page)).toBe(true);
    expect((await labels()).leaveOut).toEqual([]);
    const next = await page.context().newPage();
    await page.close({ runBeforeUnload: false });
    page = next;
    await page.goto(address);
    await written('leaveOut', [WRONG[1]]);
    expect(await asks(page)).toBe(false);
    await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(0);
    await open(WRONG[1]!);
    await page.click('[data-action=relabel]');
    await written('labels', { [WRONG[0]!]: 'red', [WRONG[1]!]: 'red' });
    await written('leaveOut', []);
  });

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  it('names the command that trains anew with the labels, photos untouched', async () => {
    const words = (await page.textContent('#command'))!.split(' ').slice(1);
    expect(words).toEqual(['finetune', '--like', 'run', '--labels', 'run/labels.json', '--out', 'run-2']);
    const again = await runCli([...words, '--cache', 'cache'], dir);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('labels corrected: 2 relabelled');
    const header = JSON.parse(await readFile(join(dir, 'run-2/experiment.json'), 'utf8')) as {
      dataset: { corrections: { labels: unknown } };
    };
    expect(header.dataset.corrections.labels).toEqual({ [WRONG[0]!]: 'red', [WRONG[1]!]: 'red' });
    const insights = await runCli(['insights', 'run-2', '--cache', 'cache'], dir);
    expect(insights.stdout).not.toContain(WRONG[0]);
    expect(insights.stdout).not.toContain(WRONG[1]);
    const strayed = await runCli(
      ['finetune', '--like', 'run', '--labels', 'photos', '--out', 'run-3', '--cache', 'cache'],
      dir,
    );
    expect(strayed.stderr).toMatch(/^photos: cannot be read \(EISDIR\); expected a file of labels/m);
    expect(strayed.code).toBe(1);
  }, 120_000);
});
