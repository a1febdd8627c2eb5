import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison, Run } from '../records/run.js';
import type { RunEvent } from '../records/schema.js';
import { comparison as madeComparison, epochEvent, header, TIME } from '../../test/support/records.js';
import { exportComparison, LiveEvents } from './log-folder.js';
import { crc32c } from './record-frame.js';

const READER = fileURLToPath(new URL('../../test/support/read_events.py', import.meta.url));

/** A Python that has TensorBoard. */
const python = [process.env.RECENCY_BIAS_PYTHON, 'python3', '/usr/bin/python3'].find(
  (candidate) =>
    candidate !== undefined && spawnSync(candidate, ['-c', 'import tensorboard, numpy']).status === 0,
);

interface ReadRun {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly histograms: Readonly<
    Record<string, readonly (readonly [step: number, counts: readonly number[]])[]>
  >;
  readonly texts: Readonly<Record<string, string>>;
  readonly hparams: Readonly<Record<string, unknown>> & { readonly group?: string };
}

/** The content of a log folder by TensorBoard's own readers, by run. */
function readByTensorBoard(folder: string): Record<string, ReadRun> {
  const { status, stdout, stderr } = spawnSync(python!, [READER, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, ReadRun>;
}

/** Two cells of a grid and random batches, with two seeds, after warm-ups of one epoch. */
function grid(): Comparison {
  const experiment = {
    name: 'grid',
    grid: { selector: 'recency-bias', options: { selectionPressure: [10, 100] } },
  };
  const common = { warmupEpochs: 1, epochs: 3, experiment };
  const epochs = (from: number, to: number, seed: number): Run['epochs'] =>
    Array.from({ length: to - from + 1 }, (_, i) =>
      epochEvent(from + i, 0.5 / (from + i) + seed / 1000, {
        steps: 8 * (from + i),
        processorSeconds: 9.5 * (from + i),
      }),
    );
  const made = (seed: number, selector: string, selectionPressure?: number): Run => ({
    header: header({
      ...common,
      seed,
      selector,
      method:
        selectionPressure === undefined
          ? { name: 'uniform', options: {} }
          : { name: 'recency-bias', options: { selectionPressure } },
    }),
    epochs: epochs(2, 3, seed),
    uncertainSamples: [],
    complete: true,
  });
  const runs = [1, 2].flatMap((seed) => [
    made(seed, 'random'),
    made(seed, 'p10', 10),
    made(seed, 'p100', 100),
  ]);
  const warmups = [1, 2].map((seed): Run => ({
    header: header({ ...common, kind: 'warmup', id: `warmup-seed${seed}`, selector: 'warmup', seed }),
    epochs: epochs(1, 1, seed),
    uncertainSamples: [],
    complete: true,
  }));
  return madeComparison(runs, { warmups });
}

/** Writes the record of a run. */
async function record(folder: string, { header: made, epochs }: Run): Promise<void> {
  const events: RunEvent[] = [
    { type: 'start', time: TIME, epoch: made.warmupEpochs },
    ...epochs,
    { type: 'end', time: TIME, epochs: made.epochs },
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), JSON.stringify(made));
  await writeFile(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

let dir: string;
const comparison = grid();
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tensorboard-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('event files', () => {
  it('have the checksums of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
    expect(crc32c(Buffer.from('123456789')).toString(16)).toBe('e3069283');
  });

  // Locally TensorBoard may be missing; in CI it must not.
  describe.skipIf(python === undefined && process.env.CI !== 'true')('as TensorBoard reads them', () => {
    it('hold every number of every epoch, the histogram of uncertainty and the experiment', async () => {
      const out = join(dir, 'logs');
      await exportComparison(comparison, out);
      const found = readByTensorBoard(out);
      const runs = [...comparison.warmups, ...comparison.runs];
      expect(runs.length).toBeGreaterThan(2);
      for (const { header, epochs } of runs) {
        const { scalars, histograms, texts } = found[header.id]!;
        const expected = epochs.map(({ epoch, testError }) => [epoch, Math.fround(testError)]);
        expect(scalars['error/test']).toEqual(expected);
        expect(scalars['cost/trained_samples']).toEqual(
          epochs.map(({ epoch, trainedSamples }) => [epoch, trainedSamples]),
        );
        expect(Object.keys(scalars).sort()).toEqual([
          'cost/processor_seconds',
          'cost/scored_samples',
          'cost/steps',
          'cost/train_seconds',
          'cost/trained_samples',
          'error/test',
          'learning_rate',
          'loss/probe',
          'loss/test',
          'loss/train',
          'selection/distinct_share',
          'selection/effective_sample_size',
        ]);
        const counts = epochs.map(({ epoch, selection }) => [epoch, selection.uncertaintyHistogram]);
        expect(histograms['selection/uncertainty']).toEqual(counts);
        expect(texts.experiment).toContain('"selectionPressure"');
      }
    });

    it('hold hyperparameters: of each run its own, seeds as repetitions, and the values of the grid', async () => {
      const out = join(dir, 'logs');
      await exportComparison(comparison, out);
      const found = readByTensorBoard(out);
      for (const { header } of comparison.runs) {
        const { hparams } = found[header.id]!;
        expect(hparams).toMatchObject({ selector: header.selector, group: header.selector, status: 1 });
        if (header.method.name === 'recency-bias')
          expect(hparams.selectionPressure).toBe(header.method.options.selectionPressure);
      }
      expect(found['.']!.hparams).toMatchObject({
        selectionPressure: [10, 100],
        metrics: ['error/test', 'loss/test', 'cost/train_seconds'],
      });
    });

    it('are the same when they were added to epoch by epoch', async () => {
      const [run] = comparison.runs;
      const { id } = run!.header;
      await record(join(dir, 'grid', id), run!);
      const live = new LiveEvents(join(dir, 'grid', id), join(dir, 'live'));
      for (const event of run!.epochs) live.add(event);
      await live.end(true);
      await exportComparison({ ...comparison, runs: [run!], warmups: [] }, join(dir, 'whole'));
      expect(readByTensorBoard(join(dir, 'live'))[id]).toEqual(readByTensorBoard(join(dir, 'whole'))[id]);
      const name = `events.out.tfevents.${Math.floor(Date.parse(run!.header.startedAt) / 1000)}.recency-bias`;
      const content = (folder: string): Promise<Buffer> => readFile(join(dir, folder, id, name));
      expect((await content('live')).equals(await content('whole'))).toBe(true);
    });
  });
});
