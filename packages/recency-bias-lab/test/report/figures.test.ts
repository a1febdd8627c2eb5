import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/index.js';
import { DARK_COLORS, LIGHT_COLORS } from '../../src/report/palette.js';
import { launchChromium, withoutChromium } from '../../../../test/support/chromium.js';
import { writeSyntheticComparison } from '../support/synthetic-comparison.js';

const FIGURES = ['curves', 'figure-3', 'figure-4', 'paired-differences'];

let root: string;
let folder: string;
let written: readonly string[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'figures-'));
  folder = join(root, 'docs', 'images');
  const dir = join(root, 'a');
  await writeSyntheticComparison(dir, {
    name: 'A & <b>/..',
    selectors: ['uniform', 'recency-bias', '<i>"&'],
    seeds: [1, 2],
    epochs: 6,
    warmupEpochs: 2,
  });
  written = (await writeReport(dir, { figures: folder })).figures;
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const svgOf = (figure: string): Promise<string> => readFile(join(folder, `A-b-..-${figure}.svg`), 'utf8');

describe('the figures of a report', () => {
  it('are files named after the comparison, and nothing else', async () => {
    expect(written).toEqual(FIGURES.map((figure) => join(folder, `A-b-..-${figure}.svg`)));
    expect((await readdir(folder)).sort()).toEqual(FIGURES.map((figure) => `A-b-..-${figure}.svg`).sort());
  });

  it('hold both colour schemes, with every selector’s name and colour', async () => {
    const svg = await svgOf('figure-4');
    for (const slot of [0, 1, 2]) {
      expect(svg).toContain(`stroke="${LIGHT_COLORS[slot]!}"`);
      expect(svg).toContain(`stroke="${DARK_COLORS[slot]!}"`);
    }
    expect(svg).toContain('>Recency Bias</text>');
    expect(svg).toContain('>&#60;i&#62;&#34;&#38;</text>');
    expect(svg).toContain('seconds of training');
    expect(await svgOf('figure-3')).toContain('At 30 %: epoch 3, first after the warm-up');
    const ids = [...svg.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are the same every time', async () => {
    const before = await Promise.all(FIGURES.map(svgOf));
    await writeReport(join(root, 'a'), { figures: folder });
    expect(await Promise.all(FIGURES.map(svgOf))).toEqual(before);
  });

  it('need nothing from outside and hold no script', async () => {
    for (const svg of await Promise.all(FIGURES.map(svgOf))) {
      expect(svg).not.toMatch(/<script|<foreignObject|\shref|url\((?!#)|NaN|Infinity|undefined/);
    }
  });

  it('are refused a file in the place of the folder', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(writeReport(join(root, 'a'), { figures: join(root, 'file') })).rejects.toThrow(
      /file: is in the way, a file where a directory is needed/,
    );
  });

  it.skipIf(withoutChromium)('are well-formed, and show one scheme at a time', async () => {
    const browser = await launchChromium();
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ colorScheme });
        for (const path of written) {
          await page.goto(pathToFileURL(path).href);
          const shown = await page.evaluate(() => ({
            error: document.querySelector('parsererror')?.textContent ?? null,
            modes: [...document.querySelectorAll('svg > g')].map((mode) => getComputedStyle(mode).display),
            paths: document.querySelectorAll('path').length,
          }));
          expect(shown.error, path).toBeNull();
          expect(shown.modes).toEqual(colorScheme === 'light' ? ['inline', 'none'] : ['none', 'inline']);
          expect(shown.paths).toBeGreaterThan(10);
        }
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});
