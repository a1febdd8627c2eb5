/** The paper's table 3: how much sooner Recency Bias reaches the best error of each other method. */
import { SUBJECT } from '../../ground/methods.js';
import type { Analysis } from '../analysis/results.js';
import { PAPER_FINE_TUNING_DATA, PAPER_METHODS, PAPER_TIMES } from '../analysis/paper-numbers.js';
import { FINE_TUNED, representative } from '../analysis/paper-table.js';
import type { TimeReduction, TimeUnit } from '../analysis/time-reduction.js';
import { paletteSlots } from '../chart-data.js';
import { count, duration, fixed, NONE, percentage, plural, timeVerdict } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { swatch, verdictClass } from './results-section.js';
import type { Place } from './section.js';
import { section } from './section.js';

/** A method of the paper and the time reduction of Recency Bias over it, in both units. */
interface Row {
  readonly method: string;
  readonly over: string;
  readonly seconds: TimeReduction;
  readonly passes: TimeReduction;
}

function rows(analysis: Analysis): Row[] {
  const own = representative(analysis, SUBJECT.name);
  return PAPER_METHODS.flatMap(({ name: method }): Row[] => {
    const over = representative(analysis, method);
    const find = (unit: TimeUnit): TimeReduction | undefined =>
      analysis.results.timeReductions.find(
        (found) => found.selector === own && found.over === over && found.unit === unit,
      );
    const [seconds, passes] = [find('seconds'), find('passes')];
    if (over === null || seconds === undefined || passes === undefined || seconds.seeds.length === 0)
      return [];
    return [{ method, over, seconds, passes }];
  });
}

function cell({
  unit,
  seeds,
  reached,
  reduction,
  reductionError,
  referenceTime,
  time,
  verdict,
}: TimeReduction): Markup {
  if (reduction === null || referenceTime === null || time === null) {
    return html`<td>not reached<span class="sub">in ${plural(seeds.length, 'seed')}</span></td>`;
  }
  const value = (amount: number): string => (unit === 'seconds' ? duration(amount) : fixed(amount, 1));
  return html`<td>
    ${percentage(reduction, reductionError)}<span class="sub">${value(referenceTime)} → ${value(time)}</span
    ><span class="sub">reached in ${reached} of ${seeds.length}</span
    ><span class="sub ${verdictClass(verdict)}">${timeVerdict(verdict)}</span>
  </td>`;
}

/** The paper's own cells in a row. */
function papers(method: string): Markup {
  const times = PAPER_TIMES.find(({ over }) => over === method)?.times;
  if (times === undefined) return html`${PAPER_FINE_TUNING_DATA.map(() => html`<td>${NONE}</td>`)}`;
  return html`${times.map(
    ({ reference, own }) =>
      html`<td class="self">
        ${percentage((reference - own) / reference, null)}<span class="sub"
          >${count(reference)} s → ${count(own)} s</span
        >
      </td>`,
  )}`;
}

/** Nothing where Recency Bias or every other method of the paper is missing. */
export function timeReductionSection(analysis: Analysis, place: Place): Markup {
  const found = rows(analysis);
  if (found.length === 0) return html``;
  const { header, results, title } = analysis;
  const isFineTuned = header?.model.name === FINE_TUNED;
  const slots = paletteSlots(results);
  return section(
    place,
    'time-reduction',
    'Time reduction: table 3 of the paper',
    html`<p class="note">
        (t<sub>M</sub> − t<sub>R</sub>) / t<sub>M</sub>, where t<sub>M</sub> is the time at which a method M
        reaches its own best test error, and t<sub>R</sub> the time at which Recency Bias first reaches that
        error: positive is sooner. Per seed, then mean ± standard error over the seeds that reached it.
        ${
          isFineTuned &&
          'The paper fine-tunes DenseNet-121, pretrained on ImageNet, for 50 epochs in batches of 32; its seconds are those of its machine.'
        }
      </p>
      <div class="card scroll" role="region" tabindex="0" aria-label="Time reduction of Recency Bias">
        <table class="paper-table">
          <thead>
            <tr>
              <th scope="col">Over</th>
              <th scope="col">In seconds</th>
              <th scope="col">In passes</th>
              ${isFineTuned && PAPER_FINE_TUNING_DATA.map((data) => html`<th scope="col">Paper: ${data}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${found.map(
              ({ method, over, seconds, passes }) =>
                html`<tr>
                  <th scope="row">${swatch(slots.get(over)!)}${title(over)}</th>
                  ${cell(seconds)} ${cell(passes)} ${isFineTuned && papers(method)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}
