import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { selectorContract } from 'recency-bias/testing';
import { describe, expect, it } from 'vitest';
import { hardFirst } from '../../examples/custom-selector.js';
import type { Outcome } from '../../examples/data-parallel.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The output of an example, line by line. */
async function linesOf(name: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('node', ['scripts/run.mjs', 'examples', name], { cwd: root });
  return stdout.trim().split('\n');
}

it('every example is tested here', () => {
  expect(readdirSync(`${root}examples`).sort()).toEqual([
    'browser',
    'custom-selector.ts',
    'data-parallel.ts',
  ]);
});

describe('examples/custom-selector.ts', () => {
  describe('keeps the selector contract: it', () => {
    for (const { title, run } of selectorContract({ factory: hardFirst({ strength: 2 }) })) it(title, run);
  });

  it('deals hard samples earlier', () => {
    const size = 200;
    const selector = hardFirst()({ size, classes: 0, epochs: 1, seed: 1 });
    const indices = Int32Array.from({ length: size }, (_, i) => i);
    selector.observe({ indices, loss: Float32Array.from(indices, (i) => (i < 100 ? 0.1 : 10)) });
    selector.beginEpoch(1);
    const first = selector.select(50);
    expect(first!.indices.filter((i) => i >= 100).length).toBeGreaterThan(45);
  });

  it('trains in fit', async () => {
    const lines = await linesOf('custom-selector');
    const history = JSON.parse(lines.at(-1)!) as { loss: number[]; acc: number[] };
    expect(history.loss).toHaveLength(5);
    expect(history.loss[4]!).toBeLessThan(history.loss[0]!);
    expect(history.acc[4]!).toBeGreaterThan(0.9);
  });
});

describe('examples/data-parallel.ts', () => {
  it('trains with 2 and 4 workers to the batches, selectors and parameters of one worker', async () => {
    const outcomes = (await linesOf('data-parallel')).map((line) => JSON.parse(line) as Outcome);
    expect(outcomes.map(({ workers, rank }) => `${rank} of ${workers}`)).toEqual([
      '0 of 1',
      '0 of 2',
      '1 of 2',
      '0 of 4',
      '1 of 4',
      '2 of 4',
      '3 of 4',
    ]);
    const [alone] = outcomes;
    expect(alone!.accuracy).toBeGreaterThan(0.6);
    for (const { workers, trained, batches, selector, parameters } of outcomes) {
      expect({ batches, selector, parameters }).toEqual({
        batches: alone!.batches,
        selector: alone!.selector,
        parameters: alone!.parameters,
      });
      // Each trains its share of 8 epochs of 600 samples.
      expect(Math.abs(trained - 4800 / workers)).toBeLessThan(4800 / workers / 10);
    }
  });
});
