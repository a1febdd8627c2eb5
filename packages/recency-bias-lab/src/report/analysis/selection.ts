/** Statistics of the selection: losses of the drawn samples, uncertainties, and how evenly the data were used. */
import { UNCERTAINTY_BINS } from '../../records/schema.js';
import type { EpochEvent } from '../../records/schema.js';
import { rounded } from './curves.js';
import { mean } from './statistics.js';
import type { Trajectory } from './trajectory.js';

/** A point in training at which the losses of the selected samples are shown. */
export interface Moment {
  /** Share of training, e.g. 0.3. */
  readonly share: number;
  /** The epoch shown: round(share × epochs), or the first epoch after the warm-up if that comes later. */
  readonly epoch: number;
  /** Whether the share itself falls in the warm-up, when all selectors draw alike. */
  readonly inWarmup: boolean;
}

/** Loss distribution of the selected samples of one selector at one moment. */
export interface LossDistribution {
  readonly selector: string;
  readonly epoch: number;
  /** Share of the drawn samples in each bin (LOSS_BIN_EDGES, the last bin open), mean over seeds; sums to 1. */
  readonly shares: readonly number[];
  /** Number of runs in the mean. */
  readonly runs: number;
}

/** Uncertainty of the training set over epochs, mean over seeds. */
export interface UncertaintyHistory {
  readonly selector: string;
  readonly epochs: readonly number[];
  /** shares[e][bin]: share of the samples seen so far; bin 0 holds the certain ones. */
  readonly shares: readonly (readonly number[])[];
}

/** How evenly the data were used over epochs, mean over seeds, as shares of the data set. */
export interface Coverage {
  readonly selector: string;
  readonly epochs: readonly number[];
  /** 1 / Σp² of the distribution; null where none exists. */
  readonly effectiveSampleSize: readonly (number | null)[];
  readonly distinctShare: readonly number[];
}

/** Shares of training at which loss distributions are shown: those of the paper's figure 3. */
const SHOWN_SHARES = [0.3, 0.7] as const;

/** The epoch that stands for a share of training. */
export function momentOf(share: number, epochs: number, warmupEpochs: number): Moment {
  const epoch = Math.max(1, Math.round(share * epochs));
  const first = Math.min(epochs, warmupEpochs + 1);
  return { share, epoch: Math.max(epoch, first), inWarmup: epoch <= warmupEpochs };
}

/** Moments at which loss distributions are shown. */
export function shownMoments({
  epochs,
  warmupEpochs,
}: {
  readonly epochs: number;
  readonly warmupEpochs: number;
}): Moment[] {
  return SHOWN_SHARES.map((share) => momentOf(share, epochs, warmupEpochs));
}

/** Bin counts as shares; null when nothing was counted. */
function shares(counts: readonly number[]): number[] | null {
  let total = 0;
  for (const count of counts) total += count;
  return total === 0 ? null : counts.map((count) => count / total);
}

function meanRows(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, bin) => rounded(mean(rows.map((row) => row[bin]!))));
}

/** Loss distributions of each selector at a moment; selectors without a run that far are left out. */
export function lossDistributions(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
  moment: Moment,
): LossDistribution[] {
  return selectors.flatMap((selector) => {
    const rows = trajectories
      .filter((trajectory) => trajectory.selector === selector)
      .map(({ epochs }) => epochs.find(({ epoch }) => epoch === moment.epoch))
      .map((event) => (event === undefined ? null : shares(event.selection.selectedLossHistogram)))
      .filter((row) => row !== null);
    return rows.length === 0
      ? []
      : [{ selector, epoch: moment.epoch, shares: meanRows(rows), runs: rows.length }];
  });
}

/** Events of a selector by epoch, over all its runs, ascending. */
function eventsByEpoch(selector: string, trajectories: readonly Trajectory[]): Map<number, EpochEvent[]> {
  const byEpoch = new Map<number, EpochEvent[]>();
  for (const trajectory of trajectories) {
    if (trajectory.selector !== selector) continue;
    for (const event of trajectory.epochs) {
      const events = byEpoch.get(event.epoch);
      if (events === undefined) byEpoch.set(event.epoch, [event]);
      else events.push(event);
    }
  }
  return new Map([...byEpoch].sort(([a], [b]) => a - b));
}

/** Uncertainty histograms over epochs; epochs in which nothing was counted are left out. */
export function uncertaintyHistories(
  selectors: readonly string[],
  trajectories: readonly Trajectory[],
): UncertaintyHistory[] {
  return selectors.flatMap((selector) => {
    const epochs: number[] = [];
    const table: number[][] = [];
    for (const [epoch, events] of eventsByEpoch(selector, trajectories)) {
      const rows = events
        .map(({ selection }) => shares(selection.uncertaintyHistogram))
        .filter((row) => row !== null);
      if (rows.length === 0) continue;
      epochs.push(epoch);
      table.push(meanRows(rows));
    }
    return epochs.length === 0 ? [] : [{ selector, epochs, shares: table }];
  });
}

/** Effective sample size and share of distinct samples over epochs. */
export function coverages(selectors: readonly string[], trajectories: readonly Trajectory[]): Coverage[] {
  return selectors.map((selector) => {
    const byEpoch = eventsByEpoch(selector, trajectories);
    return {
      selector,
      epochs: [...byEpoch.keys()],
      effectiveSampleSize: [...byEpoch.values()].map((events) => {
        const sizes = events
          .map(({ selection }) => selection.effectiveSampleSize)
          .filter((size) => size !== null);
        return sizes.length === 0 ? null : rounded(mean(sizes));
      }),
      distinctShare: [...byEpoch.values()].map((events) =>
        rounded(mean(events.map(({ selection }) => selection.distinctShare))),
      ),
    };
  });
}

/** Lower and upper bound of an uncertainty bin. */
export function uncertaintyBin(bin: number): readonly [low: number, high: number] {
  return [bin / UNCERTAINTY_BINS, (bin + 1) / UNCERTAINTY_BINS];
}
