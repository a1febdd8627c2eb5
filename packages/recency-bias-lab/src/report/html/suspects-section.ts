/** The samples whose labels are likely wrong, and the way to all insights. */
import type { Analysis } from '../analysis/results.js';
import { plural } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { card } from './samples-section.js';
import type { Place } from './section.js';
import { section } from './section.js';

/** Samples shown. */
const SHOWN = 12;

/** Suspects of the subject's first run that recorded them; nothing where none did, as in records of older versions. */
export function suspectsSection({ comparison, results, title }: Analysis, place: Place): Markup {
  const recorded = comparison.runs.flatMap(({ suspects, ...run }) =>
    suspects ? [{ ...run, suspects }] : [],
  );
  const run = recorded.find(({ header }) => header.selector === results.subject) ?? recorded[0];
  if (run === undefined) return html``;
  const { header, suspects, insights } = run;
  return section(
    place,
    'suspects',
    'Labels that may be wrong',
    html`<p class="note">
      With ${title(header.selector)}, seed ${header.seed}:
      ${
        suspects.count === 0
          ? 'none. The network has not settled on another label than the given one for any sample.'
          : `${plural(suspects.count, 'training sample')} on which the network has settled against the label, giving it less probability than a guess would.`
      }
      ${
        insights === undefined
          ? html`All samples: <code>npx recency-bias insights</code> with the folder of
              ${results.selectors.length > 1 ? 'this comparison' : 'this run'}.`
          : html`<a href="${insights}">Insights into all samples</a>`
      }
    </p>`,
    suspects.count > 0 &&
      html`<ul class="samples">
        ${suspects.samples.slice(0, SHOWN).map((sample) => card(sample, header.dataset.classNames))}
      </ul>`,
  );
}
