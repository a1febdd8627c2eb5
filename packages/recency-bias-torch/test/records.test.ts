/** The record that Python writes of a run says what the record of the same run in TypeScript would, and the command shows it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSelector } from 'recency-bias';
import type { Observation } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingSelector } from '../../recency-bias-lab/src/experiment/selection/recording-selector.js';
import { readSamples } from '../../recency-bias-lab/src/insights/read-samples.js';
import { SampleTable } from '../../recency-bias-lab/src/samples/sample-table.js';
import { readComparison } from '../../recency-bias-lab/src/records/read.js';
import { run, withPython } from './support/python.js';

const RUN = { size: 60, classes: 3, epochs: 6, seed: 1 };
const BATCH = 16;
const WINDOW = 4;
const LABELS = Int32Array.from({ length: RUN.size }, (_, i) => Math.floor(i / 20));

/** As `said` in recorded_run.py. */
function said(indices: Int32Array, epoch: number): Observation {
  return {
    indices,
    loss: Float32Array.from(indices, (i) => ((i * 37 + epoch * 11) % 101) / 64),
    predictedLabel: Int32Array.from(
      indices,
      (i) => (Math.floor(i / 20) + (i % 5 === 0 ? epoch : 0)) % RUN.classes,
    ),
    margin: Float32Array.from(indices, (i) => ((i * 13 + epoch * 7) % 53) / 16 - 1),
  } as unknown as Observation;
}

/** The run of recorded_run.py in TypeScript. */
function recordHere(): { readonly recorder: RecordingSelector; readonly epochs: unknown[] } {
  const inner = createSelector('recency-bias', { warmupEpochs: 2, window: WINDOW })(RUN);
  const recorder = new RecordingSelector(inner, RUN, WINDOW, LABELS);
  const epochs: unknown[] = [];
  for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
    recorder.beginEpoch(epoch);
    for (;;) {
      const selection = recorder.select(BATCH, () => Promise.reject(new Error('not scored')));
      if (selection === null || selection instanceof Promise) break;
      recorder.observe(said(selection.indices, epoch));
    }
    epochs.push({ epoch, trainLoss: recorder.trainLoss, selection: recorder.statistics() });
  }
  return { recorder, epochs };
}

describe('a run recorded in Python', () => {
  withPython('numpy', (python) => {
    let out: string;
    beforeAll(() => {
      out = mkdtempSync(join(tmpdir(), 'recorded-'));
      const { ok, output } = run(python, ['tests/recorded_run.py', join(out, 'runs'), join(out, 'images')]);
      expect(ok, output).toBe(true);
    });
    afterAll(() => {
      rmSync(out, { recursive: true, force: true });
    });

    it('has the events of the same run in TypeScript', async () => {
      const { runs, experiment, seeds } = await readComparison(join(out, 'runs'));
      expect(seeds).toEqual([1]);
      expect(experiment).toMatchObject({ batchSize: BATCH, warmupEpochs: 2, dataset: { trainSize: 60 } });
      const [recorded] = runs;
      expect(recorded).toMatchObject({ complete: true, header: { id: 'recency-bias-seed1', kind: 'run' } });
      expect(recorded!.header.method).toEqual({
        name: 'recency-bias',
        options: {
          window: WINDOW,
          selectionPressure: 100,
          warmupEpochs: 2,
          update: 'epoch',
          normalize: 'classes',
        },
      });
      const { epochs } = recordHere();
      const close = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value), (_, field: unknown) =>
          typeof field === 'number' ? Number(field.toPrecision(12)) : field,
        );
      expect(
        recorded!.epochs.map(({ epoch, trainLoss, selection }) => close({ epoch, trainLoss, selection })),
      ).toEqual(epochs.map(close));
      expect(recorded!.epochs.at(-1)).toMatchObject({ trainedSamples: 360, steps: 24, trainSeconds: 6 });
      expect(recorded!.uncertainSamples[0]!.image).toMatch(/^data:image\/png;base64,/);
    });

    it('remembers of every sample what the same run in TypeScript does', async () => {
      const table = await readSamples(join(out, 'runs', 'recency-bias-seed1'), LABELS);
      const expected = new SampleTable(recordHere().recorder.sampleRecord()!);
      for (let index = 0; index < RUN.size; index++) {
        const facts = (from: SampleTable): unknown => [
          from.window(index),
          from.uncertaintyOverTime(index),
          from.observed(index),
          from.meanLoss(index),
          from.lateLoss(index),
          from.lastLoss(index),
          from.meanMargin(index),
          from.timesForgotten(index),
          from.epochLearnt(index),
          from.timesDrawn[index],
        ];
        expect(facts(table)).toEqual(facts(expected));
        expect(table.confidence(index)).toBeCloseTo(expected.confidence(index)!, 6);
        expect(table.variability(index)).toBeCloseTo(expected.variability(index)!, 5);
      }
    });

    it.each(['report', 'insights'])('is shown by `recency-bias %s`', (command) => {
      const program = fileURLToPath(new URL('../../recency-bias-lab/bin/recency-bias.mjs', import.meta.url));
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, command, join(out, 'runs')], {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      expect(status, stderr).toBe(0);
      expect(stdout).toContain(
        command === 'report' ? 'Recency Bias' : '60 training samples of folder after 6 epochs',
      );
    });
  });
});
