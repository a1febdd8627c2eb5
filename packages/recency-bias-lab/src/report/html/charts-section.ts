/** Places for the charts, with what they show in words, and the curves as a table. */
import type { LossDistribution } from '../analysis/selection.js';
import type { ChartData, ChartSelector } from '../chart-data.js';
import { percent } from '../format.js';
import { chart, figure } from './figure.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';
import { swatch } from './results-section.js';
import type { Place } from './section.js';
import { cardTitle, section } from './section.js';

function choice(name: string, value: string, text: string, checked: boolean): Markup {
  return html`<label
    ><input type="radio" name="${name}" value="${value}" ${checked && html` checked`} />${text}</label
  >`;
}

/** Whether methods are compared, and over several seeds: a training alone has neither. */
function extent({ selectors, curves }: Pick<ChartData, 'selectors' | 'curves'>): {
  readonly isComparison: boolean;
  readonly isMean: boolean;
} {
  return { isComparison: selectors.length > 1, isMean: curves.some(({ seeds }) => seeds.length > 1) };
}

/** How the lines of the learning curves are to be read. */
function lineNote(data: ChartData): string {
  const { isComparison, isMean } = extent(data);
  return [
    ...(isMean
      ? ['Thick lines are means over seeds, bands one standard error around them, thin lines single seeds.']
      : []),
    ...(isComparison ? ['Click a name to hide it in all charts.'] : []),
  ].join(' ');
}

/** Switches for all charts; shown only when scripts run. */
function toolbar({ selectors, warmupEpochs, curves }: ChartData): Markup {
  const scored = curves.some(({ seeds }) => seeds.some((seed) => seed.scored.some((count) => count > 0)));
  return html`<form class="toolbar" aria-label="What the charts show">
      <fieldset>
        <legend>Show</legend>
        ${selectors.map(
          ({ id, title, slot }) =>
            html`<label class="key"
              ><input type="checkbox" name="selector" value="${id}" checked />${swatch(slot)}${title}</label
            >`,
        )}
      </fieldset>
      <fieldset>
        <legend>Against</legend>
        ${choice('axis', 'epoch', 'epochs', true)}${choice('axis', 'steps', 'steps', false)}
        ${choice('axis', 'trained', 'trained samples', false)}
        ${scored && html`${choice('axis', 'scored', 'scored samples', false)}${choice('axis', 'passes', 'passes by both', false)}`}
        ${choice('axis', 'seconds', 'seconds', false)}
      </fieldset>
      <fieldset>
        <legend>Scale</legend>
        ${choice('scale', 'log', 'logarithmic', true)}${choice('scale', 'linear', 'linear', false)}
      </fieldset>
      ${
        warmupEpochs > 0 &&
        html`<fieldset>
          <legend>Range</legend>
          <label><input type="checkbox" name="after-warmup" />after the warm-up only</label>
        </fieldset>`
      }
    </form>
    <noscript
      ><p class="script-note">
        Charts are drawn by the script inside this page. Without scripts, all results are in the tables.
      </p></noscript
    >`;
}

/** Test error at every epoch, for reading without charts. */
function curveTable({ selectors, curves }: Pick<ChartData, 'selectors' | 'curves'>): Markup {
  const epochs = [...new Set(curves.flatMap(({ mean }) => mean.epoch))].sort((a, b) => a - b);
  return html`<details>
    <summary>Test error by epoch as a table</summary>
    <div class="scroll">
      <table>
        <caption>
          ${extent({ selectors, curves }).isMean ? 'Mean over seeds, %' : 'In %'}
        </caption>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            ${selectors.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${epochs.map(
            (epoch) =>
              html`<tr>
                <th scope="row">${epoch}</th>
                ${curves.map(({ mean }) => {
                  const value = mean.testError.mean[mean.epoch.indexOf(epoch)];
                  return html`<td>${value === undefined ? '' : percent(value)}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function curves(data: ChartData, place: Place): Markup {
  const { isComparison } = extent(data);
  return section(
    place,
    'curves',
    'Learning curves',
    html`<p class="note">${lineNote(data)}</p>
      ${toolbar(data)}
      <div class="card" style="margin-top:20px">
        ${cardTitle(place, 'Test error')}
        <p class="note">
          Lower is better.
          ${
            isComparison &&
            'Dashed: the baseline’s best error; where a curve first touches it, its method has caught up.'
          }
        </p>
        ${chart('curve', 'testError', 'Line chart of the test error during training, one line a selector', 'tall')}${curveTable(data)}
      </div>
      <div class="grid">
        ${figure(place, 'Probe loss', `On a fixed random subset of the training data, the same ${isComparison ? 'for all selectors: this one can be compared' : 'after each epoch'}.`, chart('curve', 'probeLoss', 'Line chart of the loss on a fixed subset of the training data'))}
        ${figure(place, 'Training loss as selected', 'Mean loss of the samples that were drawn: higher where a method draws harder samples, which is not worse.', chart('curve', 'trainLoss', 'Line chart of the mean loss of the selected samples'))}
      </div>`,
  );
}

/** Figure 4 of the paper, or its figure 5 where a pretrained network is fine-tuned. */
function overTime(data: ChartData, place: Place): Markup {
  const { clock, fineTuned, warmupEpochs } = data;
  const { isComparison, isMean } = extent(data);
  const charts = [
    figure(
      place,
      'Test error',
      isComparison
        ? 'Where a curve first touches the dashed line, its method has reached the baseline’s best error.'
        : 'Lower is better.',
      chart('seconds', 'testError', 'Line chart of the test error against seconds of training'),
    ),
    ...(fineTuned
      ? [
          figure(
            place,
            'Test error against passes',
            'Passes over the training data do not depend on the machine.',
            chart(
              'passes',
              'testError',
              'Line chart of the test error against passes over the training data',
            ),
          ),
        ]
      : []),
    figure(
      place,
      isComparison ? 'Training loss, comparable' : 'Training loss on a fixed subset',
      isComparison ? 'On the fixed subset that is the same for all.' : 'The same samples after each epoch.',
      chart('seconds', 'probeLoss', 'Line chart of the loss on a fixed subset against seconds of training'),
    ),
    figure(
      place,
      'Training loss, as trained',
      isComparison
        ? 'Of the samples that were drawn, as the paper has it.'
        : 'Of the samples that were drawn.',
      chart(
        'seconds',
        'trainLoss',
        'Line chart of the loss of the selected samples against seconds of training',
      ),
    ),
  ];
  return section(
    place,
    'over-time',
    isComparison ? `Against time: figure ${fineTuned ? 5 : 4} of the paper` : 'Against time',
    html`<p class="note">
        Seconds of training without evaluation,
        ${
          clock === 'processor'
            ? 'as processor time: what the clock on the wall would show on an idle machine.'
            : 'by the clock on the wall.'
        }
        ${isMean && 'Means over seeds with bands of one standard error.'}
        ${warmupEpochs > 0 && `The shaded warm-up is ${isComparison ? 'shared by all' : 'where all samples are drawn alike'}.`}
      </p>
      <div class="grid ${!fineTuned && 'lead'}">${charts}</div>`,
  );
}

/** Shares below the axis of the distribution charts, in words. */
function lowest({ selectors, lossEdges }: ChartData, found: readonly LossDistribution[]): string {
  const parts = found.flatMap(({ selector, shares }) => {
    const title = selectors.find(({ id }) => id === selector)?.title;
    return title === undefined ? [] : [`${title} ${percent(shares[0] ?? 0, 1)} %`];
  });
  return `Beyond the left end, with losses up to ${Number((lossEdges[0] ?? 0).toPrecision(2))}: ${parts.join(', ')}.`;
}

function distributions(data: ChartData, place: Place): Markup {
  return html`<div class="grid">
    ${data.moments.map(({ moment, distributions: found }, i) => {
      const share = `${Math.round(100 * moment.share)} %`;
      const shift = moment.inWarmup
        ? ` ${share} of training falls in the warm-up, when all draw alike; this is the first epoch after it.`
        : '';
      const label = `Distribution of the loss of the selected samples at epoch ${moment.epoch}`;
      return figure(
        place,
        `At ${share} of training`,
        `Epoch ${moment.epoch}. Further right: harder samples were drawn.${shift}`,
        found.length === 0
          ? html`<p class="note">No run has come this far.</p>`
          : html`${chart('distribution', String(i), label)}
              <p class="note below">${lowest(data, found)}</p>`,
      );
    })}
  </div>`;
}

function heatMaps({ selectors, uncertainty }: ChartData, place: Place): Markup {
  const shown = selectors.filter(({ id }) => uncertainty.some(({ selector }) => selector === id));
  if (shown.length === 0) return html``;
  return section(
    place,
    'uncertainty',
    'Uncertainty of the training set',
    html`<p class="note">
        Each column is an epoch: how many samples have which uncertainty (0: the same label all through the
        window, 1: every label alike). Colours are logarithmic, since most samples become certain soon.
      </p>
      <div class="scale"><span>0.01 %</span><i></i><span>100 % of the samples seen</span></div>
      <div class="grid">
        ${shown.map(
          ({ id, title, slot }: ChartSelector) =>
            html`<div class="card">
              ${cardTitle(place, swatch(slot), title)}
              ${chart('heat', id, `Heat map of uncertainty over epochs for ${title}`, 'heat')}
            </div>`,
        )}
      </div>`,
  );
}

/** Figure 3 of the paper. */
function selectedLosses(data: ChartData, place: Place): Markup {
  return section(
    place,
    'selection',
    `Losses of the selected samples${extent(data).isComparison ? ': figure 3 of the paper' : ''}`,
    html`<p class="note">
        A method that draws by chance has the loss distribution of the training set; others shift it towards
        the samples that they prefer. ${extent(data).isMean ? 'Mean over seeds, eight' : 'Eight'} bins a
        decade of the loss.
      </p>
      ${distributions(data, place)}`,
  );
}

function evenness(place: Place): Markup {
  return section(
    place,
    'coverage',
    'How evenly the data were used',
    html`<div class="grid">
      ${figure(place, 'Effective sample size', '1 / Σp² of the drawing probabilities: 100 % when every sample is equally likely. Methods without such probabilities have no line.', chart('coverage', 'effectiveSampleSize', 'Line chart of the effective sample size over epochs'))}
      ${figure(place, 'Distinct samples', 'Share of the training set that was drawn at least once in the epoch.', chart('coverage', 'distinctShare', 'Line chart of the share of distinct samples over epochs'))}
    </div>`,
  );
}

/** All charts; nothing before the first epoch. */
export function chartsSections(data: ChartData, place: Place): Markup {
  if (data.curves.length === 0) return html``;
  return html`${curves(data, place)} ${overTime(data, place)} ${selectedLosses(data, place)}
  ${evenness(place)} ${heatMaps(data, place)}`;
}
