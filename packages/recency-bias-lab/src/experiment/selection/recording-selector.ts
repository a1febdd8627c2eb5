/** A selector that watches another one at work, in the same way for every method. */
import { checkObservation, LabelHistory } from 'recency-bias';
import type { Observation, Scorer, Selection, Selector, Signal, StateDict, TrainingRun } from 'recency-bias';
import { LOSS_BIN_EDGES } from '../../records/schema.js';
import type { SampleRecordFile, SampleState, SelectionStatistics } from '../../records/schema.js';
import { SampleRecord } from './sample-record.js';
import { checkVersion } from './state-version.js';
import { effectiveShare } from '../../samples/effective-share.js';
import { lossBin, uncertaintyHistogram } from '../../samples/selection-statistics.js';

const RECORDED = ['loss', 'predictedLabel', 'margin'] as const satisfies readonly Signal[];

/**
 * Forwards everything to `inner` and records what passes: the labels predicted, how often each sample was drawn, the
 * losses of the samples as they were trained. The record is part of the state, so a resumed run records what the
 * uninterrupted one would.
 */
export class RecordingSelector implements Selector {
  readonly name: string;
  readonly signals: readonly Signal[];
  /** Last predicted labels of each sample. */
  readonly history: LabelHistory;
  /** How often each sample was drawn since the beginning of the run. */
  readonly timesDrawn: Uint32Array;
  readonly probabilities?: () => Float64Array;

  readonly #inner: Selector;
  readonly #size: number;
  readonly #labels: Int32Array;
  /** Absent in a run that an older version began without it: half a record would mislead. */
  #samples: SampleRecord | undefined;
  /** Epoch in which each sample was last drawn; 0 for never. */
  readonly #epochDrawn: Int32Array;
  readonly #lossCounts = new Uint32Array(LOSS_BIN_EDGES.length + 1);
  #epoch = 0;
  #distinct = 0;
  #lossSum = 0;
  #lossCount = 0;
  #effectiveSampleSize: number | null = null;

  /**
   * @param window number of predicted labels to keep of each sample
   * @param labels the labels that the samples are trained with
   */
  constructor(
    inner: Selector,
    { size, classes, epochs }: Pick<TrainingRun, 'size' | 'classes' | 'epochs'>,
    window: number,
    labels: Int32Array,
  ) {
    this.name = inner.name;
    this.signals = [...new Set([...inner.signals, ...RECORDED])];
    this.history = new LabelHistory(size, classes, window);
    this.timesDrawn = new Uint32Array(size);
    this.#epochDrawn = new Int32Array(size);
    this.#inner = inner;
    this.#size = size;
    this.#labels = labels;
    this.#samples = new SampleRecord({ epochs }, labels);
    if (inner.probabilities !== undefined) this.probabilities = () => inner.probabilities!();
  }

  beginEpoch(epoch: number): void {
    this.#inner.beginEpoch(epoch);
    this.#samples?.endEpoch(epoch - 1, this.history);
    this.#epoch = epoch;
    this.#distinct = 0;
    this.#lossSum = 0;
    this.#lossCount = 0;
    this.#lossCounts.fill(0);
    this.#effectiveSampleSize = this.#inner.probabilities
      ? effectiveShare(this.#inner.probabilities())
      : null;
  }

  select(batchSize: number, score: Scorer): Selection | null | Promise<Selection | null> {
    const selection = this.#inner.select(batchSize, score);
    if (selection instanceof Promise) return selection.then((resolved) => this.#count(resolved));
    return this.#count(selection);
  }

  #count(selection: Selection | null): Selection | null {
    if (selection === null) return null;
    for (const index of selection.indices) {
      this.timesDrawn[index]!++;
      if (this.#epochDrawn[index] === this.#epoch) continue;
      this.#epochDrawn[index] = this.#epoch;
      this.#distinct++;
    }
    return selection;
  }

  observe(observation: Observation): void {
    checkObservation(observation, RECORDED, this.#size, this.history.classes);
    this.#inner.observe(observation);
    const { indices, loss, predictedLabel, margin } = observation;
    for (let row = 0; row < indices.length; row++) {
      this.history.record(indices[row]!, predictedLabel[row]!);
      this.#lossCounts[lossBin(loss[row]!)]!++;
      this.#lossSum += loss[row]!;
      this.#samples?.observe(indices[row]!, predictedLabel[row]!, loss[row]!, margin[row]!, this.#epoch);
    }
    this.#lossCount += indices.length;
  }

  /** Mean loss of the samples trained so far in the epoch, as they were trained; NaN before the first. */
  get trainLoss(): number {
    return this.#lossSum / this.#lossCount;
  }

  /** Statistics of the epoch's selection so far. */
  statistics(): SelectionStatistics {
    return {
      uncertaintyHistogram: uncertaintyHistogram(this.history, this.#size),
      effectiveSampleSize: this.#effectiveSampleSize,
      distinctShare: this.#distinct / this.#size,
      selectedLossHistogram: [...this.#lossCounts],
    };
  }

  /** The record of each sample at the end of the last epoch; undefined when it was not recorded from the beginning. */
  sampleRecord(): (SampleRecordFile & StateDict) | undefined {
    if (this.#samples === undefined) return undefined;
    this.#samples.endEpoch(this.#epoch, this.history);
    return {
      version: 1,
      epoch: this.#epoch,
      labels: this.#labels,
      timesDrawn: this.timesDrawn,
      history: { ...this.history.stateDict(), window: this.history.window, classes: this.history.classes },
      samples: this.#samples.stateDict(),
    };
  }

  stateDict(): StateDict {
    return { version: 1, inner: this.#inner.stateDict(), record: this.#recordState() };
  }

  #recordState(): StateDict {
    return {
      version: 1,
      history: this.history.stateDict(),
      timesDrawn: this.timesDrawn.slice(),
      epochDrawn: this.#epochDrawn.slice(),
      lossCounts: this.#lossCounts.slice(),
      epoch: this.#epoch,
      distinct: this.#distinct,
      lossSum: this.#lossSum,
      lossCount: this.#lossCount,
      effectiveSampleSize: this.#effectiveSampleSize,
      ...(this.#samples !== undefined && { samples: this.#samples.stateDict() }),
    };
  }

  loadStateDict(state: StateDict): void {
    const { inner, record } = state as RecordingState;
    checkVersion(state, 'The state of a run');
    checkVersion(record, 'The record of a run');
    this.#inner.loadStateDict(inner);
    this.history.loadStateDict(record.history);
    this.timesDrawn.set(record.timesDrawn);
    this.#epochDrawn.set(record.epochDrawn);
    this.#lossCounts.set(record.lossCounts);
    this.#epoch = record.epoch;
    this.#distinct = record.distinct;
    this.#lossSum = record.lossSum;
    this.#lossCount = record.lossCount;
    this.#effectiveSampleSize = record.effectiveSampleSize;
    if (record.samples === undefined) this.#samples = undefined;
    else this.#samples?.loadStateDict(record.samples);
  }
}

/** State of a RecordingSelector; `inner` is exchanged when a selector forks from the shared warm-up. */
export interface RecordingState extends StateDict {
  readonly inner: StateDict;
  readonly record: StateDict & {
    readonly history: StateDict;
    readonly timesDrawn: Uint32Array;
    readonly epochDrawn: Int32Array;
    readonly lossCounts: Uint32Array;
    readonly epoch: number;
    readonly distinct: number;
    readonly lossSum: number;
    readonly lossCount: number;
    readonly effectiveSampleSize: number | null;
    readonly samples?: SampleState & StateDict;
  };
}
