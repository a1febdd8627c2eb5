import fc from 'fast-check';
import { decodeState, encodeState, LabelHistory, uniform } from 'recency-bias';
import type { Observation } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { SampleTable } from '../../samples/sample-table.js';
import { sampleRecordSchema } from '../../records/schema.js';
import { RecordingSelector } from './recording-selector.js';
import type { RecordingState } from './recording-selector.js';
import { lateEpoch, SampleRecord, uncertaintyEpochs } from './sample-record.js';

const SIZE = 4;
const CLASSES = 3;
const EPOCHS = 6;
const LABELS = Int32Array.of(0, 1, 2, 0);

interface Step {
  readonly index: number;
  readonly label: number;
  readonly loss: number;
  readonly margin: number;
}

/** Observations epoch by epoch. */
const epochs = fc.array(
  fc.array(
    fc.record({
      index: fc.integer({ min: 0, max: SIZE - 1 }),
      label: fc.integer({ min: 0, max: CLASSES - 1 }),
      loss: fc.integer({ min: 0, max: 64 }).map((n) => n / 16), // exact in Float32, also summed
      margin: fc.integer({ min: -64, max: 64 }).map((n) => n / 16),
    }),
    { maxLength: 12 },
  ),
  { minLength: EPOCHS, maxLength: EPOCHS },
);

function tableOf(steps: readonly (readonly Step[])[]): SampleTable {
  const record = new SampleRecord({ epochs: EPOCHS }, LABELS);
  const history = new LabelHistory(SIZE, CLASSES, 3);
  for (const [i, epoch] of steps.entries()) {
    for (const { index, label, loss, margin } of epoch) {
      history.record(index, label);
      record.observe(index, label, loss, margin, i + 1);
    }
    record.endEpoch(i + 1, history);
  }
  return new SampleTable({
    version: 1,
    epoch: EPOCHS,
    labels: LABELS,
    timesDrawn: new Uint32Array(SIZE),
    history: { ...history.stateDict(), window: 3, classes: CLASSES },
    samples: record.stateDict(),
  });
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;

describe('SampleRecord', () => {
  it('counts learning and forgetting as a naive reading of the sequence of predictions does', () => {
    fc.assert(
      fc.property(epochs, (steps) => {
        const table = tableOf(steps);
        for (let index = 0; index < SIZE; index++) {
          const seen = steps.flatMap((epoch, i) =>
            epoch
              .filter((step) => step.index === index)
              .map(({ label }) => ({ epoch: i + 1, right: label === LABELS[index] })),
          );
          const forgotten = seen.filter(({ right }, n) => n > 0 && !right && seen[n - 1]!.right).length;
          expect(table.timesForgotten(index)).toBe(forgotten);
          expect(table.epochLearnt(index)).toBe(seen.find(({ right }) => right)?.epoch ?? null);
          expect(table.observed(index)).toBe(seen.length);
        }
      }),
      { seed: 1 },
    );
  });

  it('averages losses over the run and over its second half, and the probability of the label', () => {
    fc.assert(
      fc.property(epochs, (steps) => {
        const table = tableOf(steps);
        for (let index = 0; index < SIZE; index++) {
          const of = (from: number): number[] =>
            steps
              .slice(from)
              .flat()
              .filter((step) => step.index === index)
              .map(({ loss }) => loss);
          expect(table.meanLoss(index)).toBe(mean(of(0)));
          expect(table.lateLoss(index)).toBe(mean(of(3)));
          expect(table.lastLoss(index)).toBe(of(0).at(-1) ?? null);
          const confidence = mean(of(0).map((loss) => Math.exp(-loss)));
          if (confidence === null) expect(table.confidence(index)).toBeNull();
          else expect(table.confidence(index)).toBeCloseTo(confidence, 5);
        }
      }),
      { seed: 1 },
    );
  });

  it('keeps the uncertainty after each epoch to within half a step, and that of now exactly', () => {
    fc.assert(
      fc.property(epochs, (steps) => {
        const table = tableOf(steps);
        const history = new LabelHistory(SIZE, CLASSES, 3);
        for (const [i, epoch] of steps.entries()) {
          for (const { index, label } of epoch) history.record(index, label);
          for (let index = 0; index < SIZE; index++) {
            const kept = table.uncertaintyOverTime(index)[i];
            if (history.count(index) === 0) expect(kept).toBeNull();
            else if (i === EPOCHS - 1) expect(kept).toBe(history.uncertainty(index));
            else expect(Math.abs(kept! - history.uncertainty(index))).toBeLessThanOrEqual(0.5 / 254 + 1e-12);
          }
        }
      }),
      { seed: 1 },
    );
  });

  it('has the mean margin and the standard deviation of the probability over all observations, by their definitions', () => {
    fc.assert(
      fc.property(epochs, (steps) => {
        const table = tableOf(steps);
        for (let index = 0; index < SIZE; index++) {
          const own = steps.flat().filter((step) => step.index === index);
          expect(table.meanMargin(index)).toBe(mean(own.map(({ margin }) => margin)));
          const p = own.map(({ loss }) => Math.exp(-loss));
          const centre = mean(p);
          const squares = mean(p.map((value) => (value - centre!) ** 2));
          if (squares === null) expect(table.variability(index)).toBeNull();
          else expect(table.variability(index)).toBeCloseTo(Math.sqrt(squares), 3);
        }
      }),
    );
  });

  it('keeps every epoch of a short run and twenty of a long one, the last included', () => {
    expect([...uncertaintyEpochs(3)]).toEqual([1, 2, 3]);
    for (const length of [21, 40, 47, 5000]) {
      const kept = [...uncertaintyEpochs(length)];
      expect(kept).toHaveLength(20);
      expect(kept.at(-1)).toBe(length);
      expect(new Set(kept).size).toBe(20);
    }
    expect([1, 2, 3, 10].map(lateEpoch)).toEqual([1, 2, 2, 6]);
  });

  it('takes the memory that its description says', () => {
    const bytes = Object.entries(new SampleRecord({ epochs: 100 }, new Int32Array(1000)).stateDict())
      .filter(([name]) => name !== 'uncertaintyEpochs')
      .reduce((sum, [, value]) => sum + (typeof value === 'number' ? 0 : value.byteLength), 0);
    expect(bytes / 1000).toBe(37 + 20);
  });
});

describe('the sample record of a RecordingSelector', () => {
  const RUN = { size: 40, classes: 4, epochs: 6, seed: 1 };
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 4);
  const make = (): RecordingSelector => new RecordingSelector(uniform()(RUN), RUN, 3, labels);

  /** Some steps of an epoch; what the network says depends on sample and time alone. */
  function steps(selector: RecordingSelector, epoch: number, from: number, to: number): void {
    for (let step = from; step < to; step++) {
      const { indices } = selector.select(10, () => Promise.reject(new Error('not scored'))) as {
        indices: Int32Array;
      };
      const observation = {
        indices,
        loss: Float32Array.from(indices, (index) => ((index * 7 + epoch * 3 + step) % 11) / 4),
        predictedLabel: Int32Array.from(indices, (index) => (index * 5 + epoch + step) % 4),
        margin: Float32Array.from(indices, (index) => ((index * 3 + epoch * 5 + step) % 13) / 4 - 1),
      };
      selector.observe(observation as unknown as Observation);
    }
  }

  it('comes out to the same bits after an interruption in mid-epoch and at the end of one', () => {
    const whole = make();
    const first = make();
    for (const selector of [whole, first]) {
      for (const epoch of [1, 2]) {
        selector.beginEpoch(epoch);
        steps(selector, epoch, 0, 4);
      }
    }
    const second = make();
    second.loadStateDict(decodeState(encodeState(first.stateDict()))); // between two epochs
    for (const selector of [whole, second]) {
      selector.beginEpoch(3);
      steps(selector, 3, 0, 2);
    }
    const third = make();
    third.loadStateDict(decodeState(encodeState(second.stateDict()))); // in the middle of one
    for (const selector of [whole, third]) {
      steps(selector, 3, 2, 4);
      for (const epoch of [4, 5, 6]) {
        selector.beginEpoch(epoch);
        steps(selector, epoch, 0, 4);
      }
    }
    const record = whole.sampleRecord()!;
    expect(encodeState(third.sampleRecord()!)).toEqual(encodeState(record));
    expect(sampleRecordSchema.parse(decodeState(encodeState(record)))).toEqual(record);
    expect(new SampleTable(record).uncertaintyOverTime(0)).not.toContain(null);
  });

  it('leaves margins and variability out of a run that an older version began without them, and keeps the rest', () => {
    const selector = make();
    selector.beginEpoch(1);
    steps(selector, 1, 0, 4);
    const { inner, record } = selector.stateDict() as RecordingState;
    const samples = Object.fromEntries(
      Object.entries(record.samples!).filter(([name]) => !/^(marginSum|confidenceSquareSum)$/.test(name)),
    ) as never;
    const resumed = make();
    resumed.loadStateDict({ version: 1, inner, record: { ...record, samples } });
    resumed.beginEpoch(2);
    steps(resumed, 2, 0, 4);
    const table = new SampleTable(sampleRecordSchema.parse(resumed.sampleRecord()));
    expect(table.meanMargin(0)).toBeNull();
    expect(table.variability(0)).toBeNull();
    expect(table.confidence(0)).toBeGreaterThan(0);
  });

  it('is left out of a run that an older version began without it', () => {
    const { inner, record } = make().stateDict() as RecordingState;
    const older = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'samples'));
    const selector = make();
    selector.loadStateDict({ version: 1, inner, record: { version: 1, ...older } });
    expect(selector.sampleRecord()).toBeUndefined();
    expect((selector.stateDict() as RecordingState).record.samples).toBeUndefined();
  });
});
