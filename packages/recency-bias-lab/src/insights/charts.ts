/** Charts of the insights page as SVG: they need no script, follow the colour scheme and print. */
import { fixed, percent } from '../report/format.js';
import type { Markup } from '../report/html/markup.js';
import { html } from '../report/html/markup.js';
import { largest } from '../ground/extremes.js';

const WIDTH = 520;
const HEIGHT = 220;
const LEFT = 62;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 40;
const INNER_WIDTH = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;

const at = (value: number): string => value.toFixed(1);

/** A frame with horizontal grid lines at `ticks`, whose places are shares of the height. */
function frame(
  label: string,
  xTitle: string,
  ticks: readonly { readonly share: number; readonly text: string }[],
  content: readonly Markup[],
): Markup {
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${ticks.map(({ share, text }) => {
      const y = at(TOP + (1 - share) * INNER_HEIGHT);
      return html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="var(--line)" />
        <text x="${LEFT - 8}" y="${y}" dy=".35em" text-anchor="end">${text}</text>`;
    })}
    ${content}
    <text x="${LEFT + INNER_WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">${xTitle}</text>
  </svg>`;
}

/** One bar. */
export interface Bar {
  /** Below the bar; empty for none. */
  readonly tick: string;
  /** The samples that it counts, for its tooltip. */
  readonly name: string;
  readonly count: number;
  /** Palette slot of its colour. */
  readonly slot: number;
}

/** Counts on a logarithmic axis, since a few bars mostly tower above the others. */
export function barChart(label: string, xTitle: string, bars: readonly Bar[]): Markup {
  const most = Math.max(1, largest(bars.map(({ count }) => count)));
  const decades = Math.max(1, Math.ceil(Math.log10(most)));
  // The axis begins below 1, so that a count of one is seen.
  const share = (count: number): number => (Math.log10(count) + 0.3) / (decades + 0.3);
  const ticks = Array.from({ length: decades + 1 }, (_, power) => ({
    share: share(10 ** power),
    text: (10 ** power).toLocaleString('en-US'),
  }));
  const step = INNER_WIDTH / bars.length;
  return frame(
    label,
    xTitle,
    ticks,
    bars.map(({ tick, name, count, slot }, i) => {
      const x = LEFT + i * step;
      const height = count === 0 ? 0 : share(count) * INNER_HEIGHT;
      return html`<g>
        <title>${name}: ${count.toLocaleString('en-US')}</title>
        <rect x="${at(x)}" y="${TOP}" width="${at(step)}" height="${INNER_HEIGHT}" fill="transparent" />
        <rect
          x="${at(x + step * 0.1)}"
          y="${at(TOP + INNER_HEIGHT - height)}"
          width="${at(step * 0.8)}"
          height="${at(height)}"
          rx="2"
          fill="var(--slot-${slot})"
        />
        <text x="${at(x + step / 2)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${tick}</text>
      </g>`;
    }),
  );
}

/** A line over epochs; null where there is no value. */
export interface Line {
  readonly name: string;
  readonly slot: number;
  readonly values: readonly (number | null)[];
}

/** Path through the points that have a value. */
function path(points: readonly (readonly [x: number, y: number | null])[]): string {
  const known = points.filter((point): point is [number, number] => point[1] !== null);
  return known.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');
}

/**
 * Lines over epochs with values in [0, 1], the axis ending where the largest value is.
 * @param unit how values are told; default: as they are
 */
export function lineChart(
  label: string,
  epochs: readonly number[],
  lines: readonly Line[],
  unit: 'share' | 'percent' = 'share',
): Markup {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const top = [0.1, 0.2, 0.4, 0.6, 0.8].find((round) => Math.max(0, largest(values)) <= round) ?? 1;
  const last = epochs.at(-1) ?? 1;
  const first = epochs[0] ?? 1;
  const x = (epoch: number): number =>
    LEFT + 6 + ((epoch - first) / Math.max(1, last - first)) * (INNER_WIDTH - 12);
  const y = (value: number): number => TOP + (1 - value / top) * INNER_HEIGHT;
  const told = (value: number, digits: number): string =>
    unit === 'percent' ? `${percent(value, digits - 2)} %` : fixed(value, digits);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => ({
    share,
    text: told(share * top, top < 0.4 ? 3 : 2),
  }));
  const labelled = epochs.filter((_, i) => i % Math.ceil(epochs.length / 10) === 0);
  return frame(label, 'epochs', ticks, [
    ...labelled.map(
      (epoch) =>
        html`<text x="${at(x(epoch))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${epoch}</text>`,
    ),
    ...lines.map(
      ({ name, slot, values: line }) =>
        html`<g fill="none" stroke="var(--slot-${slot})" stroke-width="2.2" stroke-linejoin="round">
          <title>${name}</title>
          <path d="${path(epochs.map((epoch, i) => [x(epoch), line[i] == null ? null : y(line[i])]))}" />
          ${epochs.map((epoch, i) => {
            const value = line[i];
            return (
              value != null &&
              html`<circle
                cx="${at(x(epoch))}"
                cy="${at(y(value))}"
                r="2.6"
                fill="var(--slot-${slot})"
                stroke="none"
              >
                <title>${name}, epoch ${epoch}: ${told(value, 3)}</title>
              </circle>`
            );
          })}
        </g>`,
    ),
  ]);
}

/** Uncertainty of one sample over epochs, in [0, 1], as a small line without axes. */
export function sparkline(epochs: readonly number[], values: readonly (number | null)[]): Markup {
  const width = 120;
  const height = 22;
  const first = epochs[0] ?? 1;
  const span = Math.max(1, (epochs.at(-1) ?? 1) - first);
  const x = (epoch: number): number => 2 + ((epoch - first) / span) * (width - 4);
  const y = (value: number): number => 2 + (1 - value) * (height - 4);
  const words = values.map((value) => (value === null ? 'unseen' : fixed(value, 2))).join(', ');
  return html`<svg
    class="spark"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="Uncertainty over epochs ${first} to ${first + span}: ${words}"
  >
    <line x1="2" x2="${width - 2}" y1="${height - 2}" y2="${height - 2}" stroke="var(--line)" />
    <path
      d="${path(epochs.map((epoch, i) => [x(epoch), values[i] == null ? null : y(values[i])]))}"
      fill="none"
      stroke="var(--slot-1)"
      stroke-width="1.6"
    />
  </svg>`;
}
