import { compositionTables } from './composition.js';
import { curveCharts } from './curves.js';
import { element } from './elements.js';
import { liveFeed } from './feed.js';
import type { LiveFeed, LiveFeedOptions } from './feed.js';
import { Gallery } from './gallery.js';
import type { Picture } from './gallery.js';
import { STYLES } from './styles.js';
import type { LiveUpdate } from './update.js';

export type { Picture } from './gallery.js';

/** How a training is shown. */
export interface LivePanelOptions extends Omit<LiveFeedOptions, 'send'> {
  /** Names of the classes by label. Default: their numbers. */
  readonly classNames?: readonly string[];
  /** A picture of a sample: an element, or the address of an image. Default: none. */
  readonly picture?: Picture;
  /** Called when the reader relabels a sample: with its index and the label chosen. Needs `classNames`. Default: nobody can. */
  readonly onRelabel?: (index: number, label: number) => void;
  /** `auto` (default) follows the page's `color-scheme`. */
  readonly theme?: 'auto' | 'light' | 'dark';
}

/** A panel in a page. */
export interface LivePanel extends LiveFeed {
  /** Shows an update that a `liveFeed` in a worker has sent. */
  readonly show: (update: LiveUpdate) => void;
  /** Takes the panel out of the page. */
  readonly remove: () => void;
}

/**
 * Shows a training while it runs: curves, the composition of batches, and the samples that the network is most unsure of with their
 * windows of predicted labels.
 *
 * ```ts
 * import { livePanel } from 'recency-bias/live';
 * const panel = livePanel(document.querySelector('#live')!, { classNames, picture: (index) => urls[index] });
 * await fit(model, xs, ys, {
 *   epochs: 20, selector: recencyBias(), ...panel.hooks, callbacks: panel.callbacks,
 * });
 * ```
 *
 * @param parent Element of the page that the panel becomes the last child of.
 * @throws TypeError for a parent that is no element, or `onRelabel` without `classNames`
 */
export function livePanel(
  parent: Element,
  { classNames = [], picture, onRelabel, theme = 'auto', ...options }: LivePanelOptions = {},
): LivePanel {
  if (!(parent instanceof Element)) {
    throw new TypeError('livePanel: parent is no element; give one of the page, e.g. document.body.');
  }
  if (onRelabel !== undefined && classNames.length === 0) {
    throw new TypeError('livePanel: onRelabel needs classNames, which the reader chooses from.');
  }
  const nameOf = (label: number): string => classNames[label] ?? String(label);
  const gallery = new Gallery({ picture, nameOf, classNames, onRelabel });
  const status = element('p', '');
  const charts = element('div', 'charts');
  const tables = element('div', 'tables');
  const about = element(
    'p',
    '',
    'None: the last predictions of each sample agree, or there are too few of them so far.',
  );
  const host = element('div', 'recency-bias-live');
  if (theme !== 'auto') host.setAttribute('theme', theme);
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
  const panel = element(
    'section',
    '',
    element('h2', '', 'Training'),
    status,
    charts,
    element('h3', '', 'What batches are made of'),
    tables,
    element('h3', '', 'Most uncertain at the moment'),
    about,
    gallery.list,
  );
  panel.setAttribute('aria-label', 'Training');
  root.append(panel);
  parent.append(host);

  let shownEpochs = -1;
  const show = (update: LiveUpdate): void => {
    const { epoch, step, trainedSamples, epochs, uncertain, composition, hasEnded } = update;
    status.textContent = hasEnded
      ? `Ended after epoch ${epochs.at(-1)?.epoch ?? epoch}: ${trainedSamples.toLocaleString('en')} samples trained.`
      : `Epoch ${epoch}, step ${step}: ${trainedSamples.toLocaleString('en')} samples trained.`;
    // Charts change with epochs alone.
    if (epochs.length !== shownEpochs) charts.replaceChildren(...curveCharts(epochs));
    shownEpochs = epochs.length;
    tables.replaceChildren(...compositionTables(composition, nameOf));
    about.hidden = uncertain.length > 0;
    gallery.show(uncertain);
  };
  return {
    ...liveFeed({ ...options, send: show }),
    show,
    remove: () => {
      host.remove();
    },
  };
}
