/** The composition of the batches of a run, and of the training set beside it: samples by how sure the network is of them. */
import type { LabelHistory } from 'recency-bias';

/** Above this uncertainty the network cannot decide; the playground draws the line there too. */
const UNDECIDED = 0.35;

/** Shares of samples of which the network is sure (uncertainty 0), wavers, or cannot decide; they add up to 1. */
export interface Shares {
  readonly sure: number;
  readonly wavering: number;
  readonly undecided: number;
}

/** The training set and the batches. */
export interface Composition {
  readonly data: Shares;
  readonly batches: Shares;
  /** Epochs completed when the batches that count began; 0: all batches of the run count. */
  readonly sinceEpoch: number;
}

/** How often each sample had been drawn at an epoch. */
export interface DrawCounts {
  readonly epoch: number;
  readonly timesDrawn: Uint32Array;
}

/**
 * The composition as the network sees it now; undefined before a sample was drawn twice.
 * @param before an earlier state of the same run, from which on the batches count
 */
export function compositionOf(
  history: LabelHistory,
  now: DrawCounts,
  before?: DrawCounts,
): Composition | undefined {
  const isLater = before?.timesDrawn.every((times, i) => times <= now.timesDrawn[i]!) === true;
  const data = [0, 0, 0];
  const batches = [0, 0, 0];
  for (let index = 0; index < now.timesDrawn.length; index++) {
    // One label says nothing of whether the next will be another.
    if (history.count(index) < 2) continue;
    const uncertainty = history.uncertainty(index);
    const group = uncertainty === 0 ? 0 : uncertainty <= UNDECIDED ? 1 : 2;
    data[group]!++;
    batches[group]! += now.timesDrawn[index]! - (isLater ? before.timesDrawn[index]! : 0);
  }
  const total = sum(batches);
  // Nothing new since then: what was drawn in all says more.
  if (total === 0) return isLater ? compositionOf(history, now) : undefined;
  return { data: shares(data), batches: shares(batches), sinceEpoch: isLater ? before.epoch : 0 };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}

function shares(counts: readonly number[]): Shares {
  const [sure, wavering, undecided] = counts.map((count) => count / sum(counts)) as [number, number, number];
  return { sure, wavering, undecided };
}
