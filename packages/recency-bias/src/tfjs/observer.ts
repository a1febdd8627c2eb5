/** Hands what the steps measured to the selector. */
import type { Selector, StateDict } from '../core/selector.js';
import { readsLate } from './internals/read-back.js';
import { checkMeasuredLabels } from './measuring/labels.js';
import { columnsOf, type Column, type Pass } from './measuring/measure.js';
import {
  columnOf,
  firstNonFinite,
  observationOf,
  readAtOnce,
  readLater,
  type Measured,
} from './measuring/measured.js';
import { NonFiniteLossError } from './measuring/non-finite-loss.js';
import type { Task } from './measuring/task.js';
import { packPending, unpackPending } from './state/pending.js';

/** A measurement of a step (both 1-based), which may still be on its way from the device. */
interface Measurement {
  readonly epoch: number;
  readonly step: number;
  readonly indices: Int32Array;
  readonly values: readonly Float32Array[] | Promise<readonly Float32Array[]>;
}

/** Measures steps, and lets the selector observe them: at once, or, where reading back would wait for a GPU, one step late. */
export class Observer {
  private readonly columns: readonly Column[];
  private readonly late = readsLate();
  private pending: Measurement | null = null;

  /**
   * @param checkLabels whether labels are checked batch by batch
   * @param savedLast the state saved last in words, for the message of a non-finite loss; null where there is none
   */
  constructor(
    private readonly selector: Selector,
    private readonly task: Task,
    checkLabels: boolean,
    private readonly savedLast: () => string | null,
  ) {
    this.columns = columnsOf(selector.signals, checkLabels);
  }

  /** Whether labels are checked batch by batch. */
  get checksLabels(): boolean {
    return this.columns.includes('label');
  }

  /** Measures a step, and begins to read the values back where that takes time. Disposes nothing of `pass`. */
  measure(pass: Pass): Measurement['values'] {
    if (!this.late) return readAtOnce(this.columns, this.task, pass);
    const values = readLater(this.columns, this.task, pass);
    // A failure surfaces where the value is awaited.
    values.catch(() => undefined);
    return values;
  }

  /** Hands over the measurement of this step, or, one step late, that of the step before. */
  async deliver(measurement: Measurement): Promise<void> {
    if (!this.late) {
      await this.observe(measurement);
      return;
    }
    const due = this.pending;
    // The selector may reuse its array at the next `select`, which a late observation outlives.
    this.pending = { ...measurement, indices: measurement.indices.slice() };
    if (due !== null) await this.observe(due);
  }

  /** Hands over what is still on its way. */
  async flush(): Promise<void> {
    const due = this.pending;
    this.pending = null;
    if (due !== null) await this.observe(due);
  }

  /** Waits for what is still on its way, and forgets it. */
  async abandon(): Promise<void> {
    const pending = this.pending;
    this.pending = null;
    await Promise.resolve(pending?.values).catch(() => undefined);
  }

  /** The observation that is still on its way, as plain data; null if there is none. */
  async capture(): Promise<StateDict | null> {
    if (this.pending === null) return null;
    const { indices, step, values } = this.pending;
    return packPending({ indices, columns: this.columns, values: await values, step });
  }

  /** Puts back what `capture` packed in the given epoch (1-based). */
  restore(state: StateDict, epoch: number): void {
    this.pending = { epoch, ...unpackPending(state, this.columns, this.selector.signals) };
  }

  private async observe({ epoch, step, indices, values }: Measurement): Promise<void> {
    const measured: Measured = { indices, columns: this.columns, values: await values };
    checkMeasuredLabels(this.task, this.selector, measured);
    const bad = firstNonFinite(measured);
    if (bad >= 0) {
      const saved = this.savedLast();
      const hint = saved === null ? '' : ` The state saved last is ${saved}.`;
      throw new NonFiniteLossError(epoch, step, indices[bad]!, columnOf(measured, 'guard')[bad]!, hint);
    }
    const { signals } = this.selector;
    if (signals.length > 0) this.selector.observe(observationOf(measured, signals));
  }
}
