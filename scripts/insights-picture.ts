/**
 * Makes docs/images/insights.png, the readme's picture of the insights page:
 *
 *     npm run insights-picture
 *
 * A small network learns 5,000 images of Fashion-MNIST for 12 epochs with seed 1 (some minutes); the picture is of the samples whose
 * labels are likely wrong, on the page that `recency-bias insights` makes of the run. A directory with such a run may be given, which is then not trained. Needs Chromium: the
 * variable CHROMIUM, or /usr/bin/chromium.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const PICTURE = 'docs/images/insights.png';
/** Pixels: the heading and some rows of samples. */
const HEIGHT = 470;
const COMMAND = 'packages/recency-bias-lab/bin/recency-bias.mjs';
const TRAINING = [
  ...['train', '--dataset', 'fashion-mnist', '--train-size', '5000', '--test-size', '1000'],
  ...['--model', 'small-cnn:channels=[8,16,32]', '--optimizer', 'momentum', '--epochs', '12'],
  ...['--warmup-epochs', '2', '--window', '5', '--selector', 'recency-bias'],
];

function recencyBias(words: readonly string[]): void {
  execFileSync(process.execPath, [COMMAND, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Writes the picture; `dir` holds a run that is there already. */
export async function run(dir?: string): Promise<void> {
  const temporary = dir === undefined ? await mkdtemp(join(tmpdir(), 'recency-bias-')) : undefined;
  const out = dir ?? join(temporary!, 'run');
  try {
    if (dir === undefined) recencyBias([...TRAINING, '--out', out]);
    recencyBias(['insights', out, '--samples', '16']);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage({ viewport: { width: 1160, height: 760 } });
    const path = resolve(out, 'recency-bias-seed1', 'insights.html');
    await page.goto(pathToFileURL(path).href);
    const { x, y, width } = (await page.locator('#suspects').boundingBox())!;
    await page.screenshot({
      path: PICTURE,
      fullPage: true,
      clip: { x: x - 16, y: y - 16, width: width + 32, height: HEIGHT },
    });
    await browser.close();
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}
