/** The samples that the network kept changing its mind about. */
import type { Run } from '../../records/run.js';
import type { UncertainSample } from '../../records/schema.js';
import type { Analysis } from '../analysis/results.js';
import { plural } from '../format.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import type { Place } from './section.js';
import { section } from './section.js';

/** Samples shown for each selector. */
const SHOWN = 12;

/** Images are shown only in this form; anything else is left blank. */
const IMAGE = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$/;

/** Background of a label's cell: dark enough for white text (a contrast of 4.5), neighbouring labels far apart in hue. */
export function labelColor(label: number): string {
  const hue = (label * 137.508) % 360;
  // Yellows and greens are the brighter ones at equal lightness.
  const lightness = hue > 25 && hue < 200 ? 26 : 40;
  return `hsl(${hue.toFixed(0)} ${label % 3 === 1 ? 40 : 60}% ${lightness}%)`;
}

/** Name of a class, its number where it has none. */
export function className(names: readonly string[], label: number): string {
  return names[label] ?? String(label);
}

/** Labels of a window by how often they occur, most frequent first. */
export function tally(window: readonly number[]): [label: number, times: number][] {
  const counts = new Map<number, number>();
  for (const label of window) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

/** The picture of a training sample, 72 pixels wide. */
export function picture(
  { image, index, label }: Pick<UncertainSample, 'image' | 'index' | 'label'>,
  names: readonly string[],
): Markup {
  if (!IMAGE.test(image)) return html`<span class="blank"></span>`;
  return html`<img
    src="${image}"
    width="72"
    height="72"
    alt="Training image ${index}, labelled ${className(names, label)}"
  />`;
}

/**
 * The window of predicted labels as a strip of coloured cells; those that agree with the sample's label are underlined.
 * @param codes of the classes, in the place of numbers where names are too long for a cell
 */
export function windowStrip(
  { window, label: own }: Pick<UncertainSample, 'window' | 'label'>,
  names: readonly string[],
  codes: readonly string[] = [],
): Markup {
  return html`<ol class="window" aria-label="Predicted labels, oldest first">
    ${window.map((label) => {
      const text = className(names, label);
      return html`<li
        class="${label === own ? 'true' : ''}"
        style="--label:${labelColor(label)}"
        title="${text}"
      >
        ${text.length <= 2 ? text : (codes[label] ?? label)}
      </li>`;
    })}
  </ol>`;
}

/** A sample with its window. @param key what the page that is fed knows it by */
export function card(sample: UncertainSample, names: readonly string[], key?: string): Markup {
  const counts = tally(sample.window)
    .map(([label, times]) => `${className(names, label)}\u00a0×${times}`)
    .join(', ');
  const name = className(names, sample.label);
  const never = sample.window.length > 0 && !sample.window.includes(sample.label);
  const hasLabel = sample.label >= 0;
  return html`<li class="sample" ${key !== undefined && html`data-key="${key}"`}>
    ${picture(sample, names)}
    <div class="about">
      <p>${hasLabel ? html`labelled <strong>${name}</strong>` : `sample ${sample.index}`}</p>
      ${windowStrip(sample, names)}
      <p class="muted">${counts}${hasLabel && never && '; its own label never'}</p>
      <p class="muted">
        uncertainty ${sample.uncertainty.toFixed(2)}, drawn ${plural(sample.timesDrawn, 'time')}
      </p>
    </div>
  </li>`;
}

function list(run: Run): Markup {
  const names = run.header.dataset.classNames;
  return html`<ul class="samples">
    ${run.uncertainSamples.slice(0, SHOWN).map((sample) => card(sample, names))}
  </ul>`;
}

/** The most uncertain samples of the subject's first complete run, and of the other selectors' behind a click. */
export function samplesSection({ comparison, results, title }: Analysis, place: Place): Markup {
  const firstRun = (selector: string): Run | undefined =>
    comparison.runs.find(
      ({ header, uncertainSamples }) => header.selector === selector && uncertainSamples.length > 0,
    );
  const runs = comparison.selectors.map(firstRun).filter((run) => run !== undefined);
  const main = runs.find(({ header }) => header.selector === results.subject) ?? runs[0];
  if (main === undefined) return html``;
  return section(
    place,
    'samples',
    'Most uncertain at the end',
    html`<p class="note">
        Training samples whose predicted labels disagree most, with ${title(main.header.selector)}, seed
        ${main.header.seed}. Cells are the window of predicted labels, oldest first; underlined cells agree
        with the sample’s own label. Look here for ambiguous images and wrong labels.
      </p>
      ${list(main)}
      ${runs
        .filter((run) => run !== main)
        .map(
          (run) =>
            html`<details>
              <summary>${title(run.header.selector)}, seed ${run.header.seed}</summary>
              ${list(run)}
            </details>`,
        )}`,
  );
}
