/** The data of the report's charts; embedded in the page as JSON. */
import { LOSS_BIN_EDGES } from '../records/schema.js';
import type { Clock } from './analysis/clock.js';
import type { SelectorCurves } from './analysis/curves.js';
import { selectorCurves } from './analysis/curves.js';
import type { ErrorComparison } from './analysis/errors.js';
import { mainComparisons } from './analysis/errors.js';
import type { GridMap } from './analysis/grid.js';
import { gridMaps } from './analysis/grid.js';
import { FINE_TUNED } from './analysis/paper-table.js';
import type { Analysis } from './analysis/results.js';
import type { Coverage, LossDistribution, Moment, UncertaintyHistory } from './analysis/selection.js';
import { coverages, lossDistributions, shownMoments, uncertaintyHistories } from './analysis/selection.js';

/** A selector as charts show it. */
export interface ChartSelector {
  readonly id: string;
  readonly title: string;
  /** Palette slot. */
  readonly slot: number;
}

/** Everything drawn. Selectors without any record are left out. */
export interface ChartData {
  readonly selectors: readonly ChartSelector[];
  readonly epochs: number;
  readonly warmupEpochs: number;
  /** The clock of all seconds. */
  readonly clock: Clock;
  /** Whether a pretrained network is fine-tuned. */
  readonly fineTuned: boolean;
  /** Mean best test error of the random baseline, a line in the error chart; null when unknown. */
  readonly baseline: { readonly title: string; readonly error: number } | null;
  readonly curves: readonly SelectorCurves[];
  readonly moments: readonly {
    readonly moment: Moment;
    readonly distributions: readonly LossDistribution[];
  }[];
  /** Upper edges of the loss bins; one more bin is open. */
  readonly lossEdges: readonly number[];
  readonly uncertainty: readonly UncertaintyHistory[];
  readonly coverage: readonly Coverage[];
  /** Errors compared seed by seed, in the order of the table. */
  readonly paired: readonly ErrorComparison[];
  /** Maps of a grid search; usually one, and none for other experiments. */
  readonly grids: readonly GridMap[];
}

/** Palette slots: 0 for the baseline, 1 for the subject, then the others in order. */
export function paletteSlots({
  selectors,
  baseline,
  subject,
}: {
  readonly selectors: readonly { readonly selector: string }[];
  readonly baseline: string | null;
  readonly subject: string | null;
}): Map<string, number> {
  let next = 2;
  return new Map(
    selectors.map(({ selector }) => [
      selector,
      selector === baseline ? 0 : selector === subject ? 1 : next++,
    ]),
  );
}

/** Collects what the charts need. */
export function chartData({ comparison, results, header, trajectories, title }: Analysis): ChartData {
  const slots = paletteSlots(results);
  const curves = selectorCurves(
    results.selectors.map(({ selector }) => selector),
    trajectories,
  ).filter(({ seeds }) => seeds.length > 0);
  const shown = curves.map(({ selector }) => selector);
  const epochs = header?.epochs ?? 0;
  const warmupEpochs = header?.warmupEpochs ?? 0;
  const baseline = results.selectors.find(({ selector }) => selector === results.baseline);
  return {
    selectors: shown.map((id) => ({ id, title: title(id), slot: slots.get(id)! })),
    epochs,
    warmupEpochs,
    clock: results.clock,
    fineTuned: header?.model.name === FINE_TUNED,
    baseline: baseline?.best == null ? null : { title: baseline.title, error: baseline.best.mean },
    curves,
    moments: shownMoments({ epochs, warmupEpochs }).map((moment) => ({
      moment,
      distributions: lossDistributions(shown, trajectories, moment),
    })),
    lossEdges: LOSS_BIN_EDGES,
    uncertainty: uncertaintyHistories(shown, trajectories),
    coverage: coverages(shown, trajectories),
    paired: mainComparisons(results.errorComparisons, results.baseline, results.subject),
    grids: gridMaps(comparison, results.selectors),
  };
}
