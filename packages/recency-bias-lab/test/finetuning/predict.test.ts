import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackbone, writePhotos } from '../support/backbones.js';
import { runCli } from '../support/cli.js';
import type { CliResult } from '../support/cli.js';

const LABELS = ['a', 'b', 'c', 'd', 'e', 'f', '=g,"x"'];
const METADATA = {
  recencyBias: 1,
  labels: LABELS,
  imageSize: { height: 16, width: 16, channels: 3 },
  fit: 'crop',
  scaling: 'unit',
  accuracy: 0.5,
  accuracyOf: '2 held-out samples',
  epoch: 1,
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'predict-'));
  await writePhotos(join(dir, 'photos'), 14, 20);
  await writeBackbone(join(dir, 'model'), { metadata: METADATA });
}, 60_000);
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function predict(model: string, ...args: string[]): Promise<CliResult> {
  return runCli(['predict', model, ...args, '--backend', 'cpu'], dir);
}

describe('recency-bias predict', () => {
  it('writes CSV, a photo a line, in which no label is a formula, and JSON that is whole', async () => {
    const { stdout, code } = await predict('model', 'photos', '--csv', '--top', '7');
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^photo,class1,probability1,.*,class7,probability7,error$/);
    expect(rows).toHaveLength(42); // more than a batch
    expect(new Set(rows.map((row) => row.split(',')[0])).size).toBe(42);
    expect(rows[0]).toMatch(/^photos\/blue\/0\.png,[a-g],0\.\d{4},/);
    for (const row of rows) expect(row).toContain(`"'=g,""x"""`);

    const json = JSON.parse((await predict('model', 'photos', '--json', '--top', '1')).stdout) as unknown[];
    expect(json).toHaveLength(42);
    expect((await predict('model', 'photos', '--json', '--csv')).stderr).toContain('not both');
  }, 60_000);

  it('shows with --unsure only what the model is not sure of, the least sure first', async () => {
    const { stdout, stderr } = await predict('model', 'photos', '--json', '--unsure');
    const outcomes = JSON.parse(stdout) as { predictions: { probability: number }[] }[];
    const best = outcomes.map(({ predictions }) => predictions[0]!.probability);
    expect(best.length).toBeGreaterThan(0);
    expect(Math.max(...best)).toBeLessThan(0.8);
    expect(best).toEqual([...best].sort((a, b) => a - b));
    expect(stderr).toBe('');
    expect((await predict('model', 'photos', '--unsure')).stderr).toMatch(
      /of 42 photos are less than 80 % sure/,
    );
  }, 60_000);

  it('refuses a model whose labels and outputs differ in number', async () => {
    await writeBackbone(join(dir, 'short'), { metadata: { ...METADATA, labels: ['a', 'b', 'c'] } });
    const { code, stderr, stdout } = await predict('short', 'photos');
    expect(stderr).toMatch(/^short: has 7 outputs, but its metadata name 3 classes \(a, b, c\)/);
    expect([code, stdout]).toEqual([1, '']);
  }, 60_000);

  it('refuses weights that are no numbers, and images of a size that nobody has', async () => {
    await writeBackbone(join(dir, 'nan'), { metadata: METADATA });
    const weights = join(dir, 'nan', 'group1-shard1of1.bin');
    const bytes = await readFile(weights);
    new Float32Array(bytes.buffer, bytes.byteOffset, 4).fill(Number.NaN);
    await writeFile(weights, bytes);
    const broken = await predict('nan', 'photos');
    expect(broken.stderr).toContain('gives probabilities that are no numbers (NaN)');
    expect([broken.code, broken.stdout]).toEqual([1, '']);

    const imageSize = { height: 30_000, width: 30_000, channels: 3 };
    await writeBackbone(join(dir, 'huge'), { metadata: { ...METADATA, imageSize } });
    const huge = await predict('huge', 'photos');
    expect(huge.stderr).toMatch(/^huge: its metadata are damaged \(imageSize\.height: /);
    expect(huge.code).toBe(1);
  }, 60_000);

  it.skipIf(process.platform === 'win32')(
    'does not wait for a pipe or read a device without end',
    async () => {
      execFileSync('mkfifo', [join(dir, 'pipe.jpg')]);
      const { code, stderr } = await predict('model', 'pipe.jpg', '/dev/zero');
      expect(stderr).toContain('pipe.jpg: is a pipe or device, expected a file');
      expect(stderr).toContain('/dev/zero: is a pipe or device, expected a file');
      expect(code).toBe(1);
    },
    60_000,
  );
});
