import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { writeSyntheticComparison } from '../packages/recency-bias-lab/test/support/synthetic-comparison.js';

/**
 * The page of watched runs with 50 runs of 100 epochs, of which two epochs end a second: how long the server looks, how long the page is
 * busy with what it is sent, and intervals between its frames. Needs Chromium: the variable CHROMIUM, or /usr/bin/chromium.
 */
export const isLong = true;

const METHODS = Array.from({ length: 10 }, (_, i) =>
  i === 0 ? 'uniform' : i === 1 ? 'recency-bias' : `method-${i}`,
);
const SEEDS = [1, 2, 3, 4, 5];
const EPOCHS = 100;
/** Epochs that are there when the page is opened. */
const BEGUN = 50;
const EVERY_MS = 500;
const WATCHED_MS = 40_000;

type Watch = typeof import('../packages/recency-bias-lab/src/watch/index.js');
type Live = typeof import('../packages/recency-bias-lab/src/watch/live-page.js');

/** The lab as it is built, so that the page's script is found. */
const built = async <T>(module: string): Promise<T> =>
  (await import(pathToFileURL(resolve('packages/recency-bias-lab/dist', module)).href)) as T;

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;
const ms = (values: readonly number[]): string =>
  `median ${quantile(values, 0.5).toFixed(0)} ms, 95 % ${quantile(values, 0.95).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms (${values.length})`;

/** The folder as it is when every run has come half way, and what ends the next epoch of some run. */
async function halfTrained(whole: string, dir: string): Promise<() => Promise<void>> {
  await cp(whole, dir, { recursive: true });
  const entries = await readdir(dir, { withFileTypes: true });
  const runs = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const path = join(dir, name, 'events.jsonl');
        const lines = (await readFile(path, 'utf8')).split(/(?<=\n)/);
        return { path, lines, at: Math.min(BEGUN + 1, lines.length) };
      }),
  );
  for (const { path, lines, at } of runs) await writeFile(path, lines.slice(0, at).join(''));
  let next = 0;
  return async () => {
    const run = runs[next++ % runs.length]!;
    if (run.at < run.lines.length) await appendFile(run.path, run.lines[run.at++]!);
  };
}

/** Prints the measurements. */
export async function run(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'watch-'));
  const [whole, dir] = [join(root, 'whole'), join(root, 'runs')];
  const { startWatching } = await built<Watch>('watch/index.js');
  const { LivePage } = await built<Live>('watch/live-page.js');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const methods = Object.fromEntries(
      METHODS.map((name, i) => [name, i === 0 ? 'uniform' : 'recency-bias']),
    );
    await writeSyntheticComparison(whole, {
      selectors: METHODS,
      methods,
      seeds: SEEDS,
      epochs: EPOCHS,
      warmupEpochs: 0,
    });
    const endEpoch = await halfTrained(whole, dir);

    const live = new LivePage([dir], () => false);
    const look = async (): Promise<number> => {
      const begun = performance.now();
      await live.content();
      return performance.now() - begun;
    };
    console.log(`first look: ${(await look()).toFixed(0)} ms`);
    const [changed, same]: [number[], number[]] = [[], []];
    for (let n = 0; n < 15; n++) {
      await endEpoch();
      changed.push(await look());
      same.push(await look());
    }
    console.log(`look after an epoch has ended: ${ms(changed)}`);
    console.log(`look when nothing has changed: ${ms(same)}`);

    const server = await startWatching([dir], { port: 0, resume: () => Promise.resolve([]) });
    const timer = setInterval(() => void endEpoch(), EVERY_MS);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(server.address);
    await page.getByText('Live.').waitFor({ timeout: 60_000 });
    await page.locator('[data-chart=curve]').first().scrollIntoViewIfNeeded();
    const { frames, updates } = await page.evaluate(
      (during) =>
        new Promise<{ frames: number[]; updates: number[] }>((done) => {
          const [frames, updates]: [number[], number[]] = [[], []];
          const { dataset } = document.getElementById('watched')!;
          let [seen, last] = [dataset.updates, performance.now()];
          const begun = last;
          const step = (now: number): void => {
            frames.push(now - last);
            last = now;
            if (dataset.updates !== seen) updates.push(Number(dataset.updateMs));
            seen = dataset.updates;
            if (now - begun < during) requestAnimationFrame(step);
            else done({ frames: frames.slice(1), updates });
          };
          requestAnimationFrame(step);
        }),
      WATCHED_MS,
    );
    clearInterval(timer);
    console.log(`putting an update into the page: ${ms(updates)}`);
    console.log(`between frames: ${ms(frames)}`);
    console.log(`frames a second: ${((1000 * frames.length) / frames.reduce((a, b) => a + b)).toFixed(1)}`);
    await server.close();
  } finally {
    await browser.close();
    await rm(root, { recursive: true, force: true });
  }
}
