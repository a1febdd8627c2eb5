/** The charts of insights.html over all samples. */
import { UNCERTAINTY_BINS } from '../records/schema.js';
import { uncertaintyHistogram } from '../samples/selection-statistics.js';
import { indicesWhere } from '../samples/suspects.js';
import { fixed } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import { swatch } from '../report/html/results-section.js';
import { barChart, lineChart } from './charts.js';
import type { Gallery } from './galleries.js';
import { isNeverLearnt } from './galleries.js';
import type { Insights } from './insights.js';

/** Most bars of the chart of forgetting; the last one holds all beyond. */
const FORGETTING_BARS = 11;

/** Palette slots of the galleries; 0 stands for all samples. */
export const SLOTS: Readonly<Record<Gallery['id'], number>> = {
  uncertain: 1,
  suspects: 2,
  'never-learnt': 3,
  forgotten: 4,
};

/** Mean uncertainty of some samples after each epoch that was kept. */
function meanUncertainty({ table }: Insights, indices: readonly number[]): (number | null)[] {
  const sums = table.uncertaintyEpochs.map(() => ({ sum: 0, seen: 0 }));
  for (const index of indices) {
    for (const [point, value] of table.uncertaintyOverTime(index).entries()) {
      if (value === null) continue;
      sums[point]!.sum += value;
      sums[point]!.seen++;
    }
  }
  return sums.map(({ sum, seen }) => (seen === 0 ? null : sum / seen));
}

/** Samples by their uncertainty. */
export function uncertaintyChart({ table }: Insights): Markup {
  const bins = uncertaintyHistogram(table.history, table.size);
  return html`<div class="card">
    <h3 class="card-title">Uncertainty now</h3>
    <p class="note">Samples by the normalised entropy of their windows; 0: all predictions alike.</p>
    ${barChart(
      'Histogram of the uncertainty of all samples',
      'uncertainty',
      bins.map((samples, bin) => ({
        tick: bin % 4 === 0 ? fixed(bin / UNCERTAINTY_BINS, 1) : '',
        name: `${fixed(bin / UNCERTAINTY_BINS, 2)} to ${fixed((bin + 1) / UNCERTAINTY_BINS, 2)}`,
        count: samples,
        slot: 1,
      })),
    )}
  </div>`;
}

/** Samples by how often they were forgotten. */
export function forgettingChart({ table }: Insights): Markup {
  const counts = new Array<number>(FORGETTING_BARS).fill(0);
  const learnt = indicesWhere(table, (index) => table.epochLearnt(index) !== null);
  for (const index of learnt) counts[Math.min(FORGETTING_BARS - 1, table.timesForgotten(index))]!++;
  const never = indicesWhere(table, (index) => isNeverLearnt(table, index)).length;
  const bars = counts.map((samples, times) => {
    const text = times === FORGETTING_BARS - 1 ? `${times}+` : String(times);
    return { tick: text, name: `forgotten ${text} times`, count: samples, slot: 4 };
  });
  return html`<div class="card">
    <h3 class="card-title">Times forgotten</h3>
    <p class="note">Right, then wrong the next time. Samples never learnt stand apart at the right.</p>
    ${barChart('Number of samples by how often they were forgotten', 'times forgotten', [
      ...bars,
      { tick: '', name: 'none', count: 0, slot: 0 },
      { tick: 'never', name: 'never learnt', count: never, slot: 3 },
    ])}
  </div>`;
}

/** Mean uncertainty over the epochs, of all samples and of each gallery. */
export function overTimeChart(insights: Insights, shown: readonly (readonly number[])[]): Markup {
  const { table, galleries } = insights;
  const all = Array.from({ length: table.size }, (_, index) => index);
  const lines = [
    { name: 'all samples', slot: 0, values: meanUncertainty(insights, all) },
    ...galleries.flatMap(({ id, title }, i) =>
      shown[i]!.length === 0
        ? []
        : [{ name: title, slot: SLOTS[id], values: meanUncertainty(insights, shown[i]!) }],
    ),
  ];
  return html`<div class="card" style="margin-top:20px">
    <h3 class="card-title">Uncertainty over time</h3>
    <p class="note">
      Mean over all samples, and over those shown in each gallery; each card has the line of its own sample.
    </p>
    ${lineChart('Mean uncertainty over epochs of all samples and of each gallery', table.uncertaintyEpochs, lines)}
    <p class="key">${lines.map(({ name, slot }) => html`<span>${swatch(slot)}${name}</span>`)}</p>
  </div>`;
}
