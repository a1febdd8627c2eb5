import {
  activeBias,
  decodeState,
  encodeState,
  LabelHistory,
  onlineBatch,
  Random,
  recencyBias,
  uniform,
} from 'recency-bias';
import type { Observation, Selection, Selector, TrainingRun } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { LOSS_BIN_EDGES } from '../../records/schema.js';
import { RecordingSelector } from './recording-selector.js';
import type { RecordingState } from './recording-selector.js';
import { effectiveShare } from '../../samples/effective-share.js';
import { lossBin, mostUncertainIndices, uncertaintyHistogram } from '../../samples/selection-statistics.js';
import { observerState, WarmupSelector } from './warmup-selector.js';
import type { WarmupState } from './warmup-selector.js';

const RUN: TrainingRun = { size: 40, classes: 4, epochs: 6, seed: 1 };
const LABELS = Int32Array.from({ length: RUN.size }, (_, i) => i % 4);
const noScore = (): Promise<never> => Promise.reject(new Error('not scored'));

/** Answers as of a network: they depend on sample and time alone, so that every selector sees the same. */
function observation(indices: Int32Array, time: number): Observation {
  const draw = (index: number): Random => new Random(1000 * time + index);
  return {
    indices,
    loss: Float32Array.from(indices, (index) => draw(index).float() * 3),
    predictedLabel: Int32Array.from(indices, (index) => draw(index).int(1 + (index % 4))),
    margin: Float32Array.from(indices, (index) => draw(index).float() * 8 - 4),
    trueClassProbability: Float32Array.from(indices, (index) => draw(index).float()),
    batchLoss: new Float32Array(indices.length).fill(1),
    gradNormBound: Float32Array.from(indices, (index) => draw(index).float()),
    boundaryDistance: Float32Array.from(indices, (index) => draw(index).float() - 0.5),
  };
}

/** Trains through some epochs (1-based, inclusive) and returns the batches. */
function drive(selector: Selector, first: number, last: number, steps = 4): number[][] {
  const batches: number[][] = [];
  for (let epoch = first; epoch <= last; epoch++) {
    selector.beginEpoch(epoch);
    for (let step = 0; step < steps; step++) {
      const selection = selector.select(10, noScore) as Selection;
      batches.push([...selection.indices]);
      selector.observe(observation(selection.indices, epoch * 10 + step));
    }
  }
  return batches;
}

describe('RecordingSelector', () => {
  it('changes nothing of what the selector does', () => {
    const options = { warmupEpochs: 1, window: 3 };
    const plain = drive(recencyBias(options)(RUN), 1, 6);
    expect(drive(new RecordingSelector(recencyBias(options)(RUN), RUN, 10, LABELS), 1, 6)).toEqual(plain);
  });

  it('asks for the loss, the margin and the predicted label besides what the selector asks for', () => {
    const recorder = new RecordingSelector(activeBias({ warmupEpochs: 2 })(RUN), RUN, 10, LABELS);
    expect([...recorder.signals].sort()).toEqual([
      'loss',
      'margin',
      'predictedLabel',
      'trueClassProbability',
    ]);
  });

  it('counts draws, distinct samples, losses and labels of the epoch', () => {
    const recorder = new RecordingSelector(uniform()(RUN), RUN, 3, LABELS);
    drive(recorder, 1, 2);
    recorder.beginEpoch(3);
    const { indices } = recorder.select(10, noScore) as Selection;
    const seen = observation(indices.slice(), 30);
    recorder.observe(seen);
    const statistics = recorder.statistics();
    expect(statistics.distinctShare).toBe(10 / 40);
    expect(statistics.selectedLossHistogram.reduce((a, b) => a + b)).toBe(10);
    expect(statistics.uncertaintyHistogram.reduce((a, b) => a + b)).toBe(40);
    expect(statistics.effectiveSampleSize ?? 1).toBeCloseTo(1, 12);
    expect(recorder.trainLoss).toBeCloseTo(seen.loss.reduce((a, b) => a + b) / 10, 6);
    expect(recorder.timesDrawn.reduce((a, b) => a + b)).toBe(90);
    expect(recorder.history.count(seen.indices[0]!)).toBe(3);
    expect(recorder.history.labels(seen.indices[0]!).at(-1)).toBe(seen.predictedLabel[0]);
  });

  it('goes on in mid-epoch from its state as if nothing had happened', () => {
    const make = (): RecordingSelector =>
      new RecordingSelector(onlineBatch({ warmupEpochs: 1 })(RUN), RUN, 5, LABELS);
    const whole = make();
    drive(whole, 1, 3, 2);
    const resumed = make();
    resumed.loadStateDict(decodeState(encodeState(whole.stateDict())));
    for (const selector of [whole, resumed]) {
      const selection = selector.select(10, noScore) as Selection;
      selector.observe(observation(selection.indices, 99));
    }
    expect(resumed.statistics()).toEqual(whole.statistics());
    expect(resumed.stateDict()).toEqual(whole.stateDict());
    expect(drive(resumed, 4, 5)).toEqual(drive(whole, 4, 5));
  });
});

describe('WarmupSelector', () => {
  it('draws as uniform does, and leaves each selector as if it had been there from the beginning', () => {
    const observers = new Map<string, Selector>([
      ['recency', recencyBias({ warmupEpochs: 2, window: 3 })(RUN)],
      ['active', activeBias({ warmupEpochs: 2 })(RUN)],
    ]);
    const warmup = new WarmupSelector(RUN, observers);
    const recorder = new RecordingSelector(warmup, RUN, 3, LABELS);
    expect(drive(recorder, 1, 2)).toEqual(drive(uniform()(RUN), 1, 2));

    // A selector that only watches the same observations, outside of the warm-up.
    const alone = recencyBias({ warmupEpochs: 2, window: 3 })(RUN);
    const leader = uniform()(RUN);
    for (const epoch of [1, 2]) {
      leader.beginEpoch(epoch);
      alone.beginEpoch(epoch);
      for (let step = 0; step < 4; step++) {
        alone.observe(observation(leader.select(10)!.indices, epoch * 10 + step));
      }
    }
    const state = decodeState(encodeState(recorder.stateDict())) as RecordingState;
    const forked = recencyBias({ warmupEpochs: 2, window: 3 })(RUN);
    forked.loadStateDict(observerState(state.inner as WarmupState, 'recency'));
    expect(drive(forked, 3, 6)).toEqual(drive(alone, 3, 6));
  });

  it('goes on in mid-epoch from its state as if nothing had happened', () => {
    const make = (): WarmupSelector =>
      new WarmupSelector(RUN, new Map([['recency', recencyBias({ warmupEpochs: 3 })(RUN)]]));
    const whole = make();
    drive(whole, 1, 2, 3);
    const resumed = make();
    resumed.loadStateDict(decodeState(encodeState(whole.stateDict())));
    expect(drive(resumed, 3, 3)).toEqual(drive(whole, 3, 3));
    expect(resumed.stateDict()).toEqual(whole.stateDict());
  });

  it('names a selector that was not there', () => {
    const warmup = new WarmupSelector(RUN, new Map([['a', uniform()(RUN)]]));
    expect(() => observerState(warmup.stateDict(), 'b')).toThrow('was not observed by b, only by a');
  });
});

describe('selection statistics', () => {
  it('put a loss into the bin whose upper edge it does not exceed', () => {
    expect(lossBin(0)).toBe(0);
    expect(lossBin(LOSS_BIN_EDGES[0]!)).toBe(0);
    expect(lossBin(1e9)).toBe(LOSS_BIN_EDGES.length);
    for (const [b, edge] of LOSS_BIN_EDGES.entries()) {
      expect(lossBin(edge)).toBe(b);
      expect(lossBin(edge * 1.0001)).toBe(b + 1);
    }
  });

  it('give the uniform distribution an effective share of 1, and one sample 1/N', () => {
    expect(effectiveShare(new Float64Array(8).fill(1 / 8))).toBeCloseTo(1, 12);
    expect(effectiveShare(Float64Array.of(0, 1, 0, 0))).toBeCloseTo(1 / 4, 12);
  });

  it('count seen samples by uncertainty and rank the most uncertain first', () => {
    const history = new LabelHistory(4, 2, 4);
    const record = (index: number, labels: number[]): void => {
      for (const label of labels) history.record(index, label);
    };
    record(0, [0, 0, 0, 0]);
    record(1, [0, 1, 0, 1]);
    record(3, [0, 0, 0, 1]);
    const bins = uncertaintyHistogram(history, 4);
    expect(bins[0]).toBe(1);
    expect(bins[19]).toBe(1);
    expect(bins[Math.floor(history.uncertainty(3) * 20)]).toBe(1);
    expect(bins.reduce((a, b) => a + b)).toBe(3);
    expect(mostUncertainIndices(history, Uint32Array.of(9, 1, 5, 1), 2)).toEqual([1, 3]);
  });
});
