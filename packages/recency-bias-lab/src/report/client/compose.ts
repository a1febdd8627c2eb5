/** Puts charts together into one SVG file that is legible in light and in dark mode. */
import { DASHES, slotIndex } from '../palette.js';
import type { ChartSelector } from '../chart-data.js';
import { escapeText, FONT } from './common.js';
import type { ChartOption } from './common.js';
import { DARK, LIGHT } from './theme.js';
import type { Theme } from './theme.js';
import { largest } from '../../ground/extremes.js';

/** Width of all figures in pixels: that of text on GitHub. */
export const FIGURE_WIDTH = 840;
const MARGIN = 16;
const GAP = 16;
const TITLE = 34;
const LEGEND_LINE = 24;

/** One chart of a figure. */
export interface Panel {
  readonly title: string;
  readonly option: (theme: Theme) => ChartOption | null;
  /** Pixels, without the title. */
  readonly height: number;
}

/** A figure: rows of panels side by side. */
export interface Layout {
  /** The picture in words, for those who cannot see it. */
  readonly label: string;
  readonly rows: readonly (readonly Panel[])[];
  /** Selectors of the legend; none where the charts name them. */
  readonly legend: readonly ChartSelector[];
}

/** Draws a chart to SVG of the given size. */
export type Renderer = (option: ChartOption, width: number, height: number) => string;

/** The inside of an SVG document, without the parts that only a live chart needs; ids get a prefix of their own. */
function content(svg: string, prefix: string): string {
  return svg
    .replace(/^[^<]*<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replaceAll(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, `${prefix}-`)
    .trim();
}

interface Entry {
  readonly x: number;
  readonly y: number;
  readonly selector: ChartSelector;
}

/** Places of the legend's entries, in as many lines as it takes. */
function legendEntries(legend: readonly ChartSelector[]): Entry[] {
  let [x, y] = [MARGIN + 6, MARGIN + 12];
  return legend.map((selector) => {
    const width = 56 + 7.4 * selector.title.length;
    if (x > MARGIN + 6 && x + width > FIGURE_WIDTH - MARGIN) {
      x = MARGIN + 6;
      y += LEGEND_LINE;
    }
    const entry = { x, y, selector };
    x += width;
    return entry;
  });
}

function drawEntry({ x, y, selector: { slot, title } }: Entry, theme: Theme): string {
  const dash = DASHES[slotIndex(slot)]!;
  const pattern = dash === 'solid' ? '' : ` stroke-dasharray="${dash.join(',')}"`;
  return (
    `<path d="M${x} ${y}h26" fill="none" stroke="${theme.color(slot)}" stroke-width="${slot < 2 ? 2.6 : 2}"${pattern}/>` +
    `<text x="${x + 34}" y="${y + 4.5}" font-size="13" fill="${theme.text}">${escapeText(title)}</text>`
  );
}

/** Height of a row of panels, with their titles. */
function rowHeight(row: readonly Panel[]): number {
  return TITLE + largest(row.map(({ height }) => height));
}

function draw({ rows }: Layout, top: number, mode: string, theme: Theme, render: Renderer): string {
  let y = top;
  return rows
    .map((row, i) => {
      const width = (FIGURE_WIDTH - 2 * MARGIN - GAP * (row.length - 1)) / row.length;
      const panels = row.map(({ title, option, height }, j) => {
        const x = MARGIN + j * (width + GAP);
        const drawn = option(theme);
        const chart =
          drawn === null ? '' : content(render(drawn, width, height), `${mode}${String(i)}${String(j)}`);
        return (
          `<text x="${x + 6}" y="${y + 22}" font-size="14" font-weight="600" fill="${theme.text}">${escapeText(title)}</text>\n` +
          `<g transform="translate(${x} ${y + TITLE})">\n${chart}\n</g>`
        );
      });
      y += rowHeight(row);
      return panels.join('\n');
    })
    .join('\n');
}

const STYLE =
  '.dark{display:none}@media (prefers-color-scheme:dark){.light{display:none}.dark{display:inline}}';

/**
 * The figure as an SVG document, drawn in both modes; the reader's colour scheme shows one of them, on a background of its own, so
 * that it is legible wherever it stands.
 */
export function composeFigure(layout: Layout, render: Renderer): string {
  const entries = legendEntries(layout.legend);
  const top = entries.length === 0 ? MARGIN / 2 : entries.at(-1)!.y + MARGIN;
  const height = layout.rows.reduce((sum, row) => sum + rowHeight(row), top) + MARGIN / 2;
  const modes = (
    [
      ['light', LIGHT],
      ['dark', DARK],
    ] as const
  ).map(
    ([mode, theme]) =>
      `<g class="${mode}">\n` +
      `<rect x=".5" y=".5" width="${FIGURE_WIDTH - 1}" height="${height - 1}" rx="12" fill="${theme.surface}" stroke="${theme.line}"/>\n` +
      `${entries.map((entry) => drawEntry(entry, theme)).join('\n')}\n` +
      `${draw(layout, top, mode, theme, render)}\n</g>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${FIGURE_WIDTH} ${height}" width="${FIGURE_WIDTH}" height="${height}" ` +
    `role="img" font-family="${FONT}">\n<title>${escapeText(layout.label)}</title>\n<style>${STYLE}</style>\n${modes.join('\n')}\n</svg>\n`
  );
}
