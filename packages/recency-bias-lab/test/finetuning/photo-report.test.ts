import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';

interface HeldOut {
  readonly classes: readonly string[];
  readonly photos: readonly { readonly file: string; readonly label: number; readonly predicted: number }[];
}

describe('the report of finetune', () => {
  let dir: string;
  let stdout: string;
  let page: string;
  let heldOut: HeldOut;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'photo-report-'));
    await writePhotos(join(dir, 'photos'), 10);
    for (let i = 0; i < 5; i++) {
      await cp(join(dir, `photos/blue/${i}.png`), join(dir, `photos/blue/copy-${i}.png`));
    }
    await writeBackbone(join(dir, 'net'));
    const flags = [
      '--epochs',
      '3',
      '--batch-size',
      '8',
      '--backend',
      'wasm',
      '--cache',
      'cache',
      '--out',
      'run',
    ];
    const result = await runCli(['finetune', 'photos', '--backbone', 'net', ...flags], dir);
    expect(result.code, result.stderr).toBe(0);
    ({ stdout } = result);
    page = await readFile(join(dir, 'run/photos.html'), 'utf8');
    heldOut = JSON.parse(await readFile(join(dir, 'run/held-out.json'), 'utf8')) as HeldOut;
  }, 120_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('has the accuracy that was printed, from the answer for each held-out photo in the record', () => {
    const { photos, classes } = heldOut;
    expect(classes).toEqual(['blue', 'green', 'red']);
    expect(photos).toHaveLength(7);
    const right = photos.filter(({ label, predicted }) => label === predicted).length;
    expect(stdout).toContain(`${((100 * right) / photos.length).toFixed(2)} % right`);
    expect(page).toContain(`<h1>${((100 * right) / photos.length).toFixed(1)} % right</h1>`);
    expect(page.match(/labelled <strong>/g) ?? []).toHaveLength(photos.length - right);
  });

  it('names held-out photos that are training photos, too', () => {
    const isHeldOut = new Set(heldOut.photos.map(({ file }) => file));
    const twins = [0, 1, 2, 3, 4].map((i) => [`blue/${i}.png`, `blue/copy-${i}.png`] as const);
    const across = twins.filter(([a, b]) => isHeldOut.has(a) !== isHeldOut.has(b));
    expect(across.length).toBeGreaterThan(0);
    expect(page.match(/equal, held out and trained/g) ?? []).toHaveLength(across.length);
    expect(page).toContain('the accuracy is too high');
  });

  it.skipIf(withoutChromium)(
    'shows photos that are there twice, and enlarges each from its file',
    async () => {
      const browser = await launchChromium();
      try {
        const view = await browser.newPage({ viewport: { width: 390, height: 844 } });
        await view.goto(pathToFileURL(join(dir, 'run/photos.html')).href);
        const section = view.locator('section[aria-labelledby=twice]');
        await section.locator('summary').click();
        expect(await section.locator('.pair').count()).toBe(5);
        expect(await section.locator('.pair .zoom').count()).toBe(10);
        await section.locator('.zoom').first().click();
        const whole = view.locator('#enlarged img');
        await whole.evaluate((image: HTMLImageElement) => image.decode());
        expect(await whole.getAttribute('src')).toMatch(/^file:.*\/photos\/blue\/(copy-)?\d\.png$/);
        expect(await view.locator('#enlarged-file').textContent()).toMatch(/^blue\/.* and blue\//);
        expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      } finally {
        await browser.close();
      }
    },
  );

  it('compares no methods', () => {
    expect(page).not.toMatch(/baseline|within the noise|recency-bias-seed/);
  });
});
