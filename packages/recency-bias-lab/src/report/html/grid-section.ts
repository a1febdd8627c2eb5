/** Maps of a grid search. */
import type { SeedMean } from '../analysis/statistics.js';
import type { Analysis } from '../analysis/results.js';
import type { ChartData } from '../chart-data.js';
import { percentEstimate } from '../format.js';
import { chart, figure } from './figure.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { section } from './section.js';

const ROW_HEIGHT = 52;
/** Axis with its name, and margins. */
const FRAME = 62;

/** A map for each combination of options beyond two; nothing for an experiment without a grid. */
export function gridSection({ results }: Analysis, { grids }: ChartData, place: Place): Markup {
  if (grids.length === 0) return html``;
  const baseline = results.selectors.find(({ selector }) => selector === results.baseline);
  const described = (best: SeedMean | null): string => `${percentEstimate(best)} %`;
  return section(
    place,
    'grid-search',
    'Grid search',
    html`<p class="note">
        Best test error in %, mean ± standard error over seeds, of every combination; bold: the lowest. The
        lowest of many is lower by chance alone: its advantage over Random has to be confirmed with seeds of
        its own.
        ${baseline?.best != null && html`<strong>${baseline.title}, for comparison: ${described(baseline.best)}.</strong>`}
      </p>
      <div class="grid">
        ${grids.map(({ others, rows, rowOption, columnOption }, i) =>
          figure(
            place,
            others === '' ? 'Best test error' : `Best test error, ${others}`,
            rowOption === '' ? `By ${columnOption}.` : `By ${rowOption} and ${columnOption}.`,
            chart(
              'grid',
              String(i),
              `Heat map of the best test error by ${rowOption} and ${columnOption}`,
              '',
              FRAME + ROW_HEIGHT * rows.length,
            ),
          ),
        )}
      </div>`,
  );
}
