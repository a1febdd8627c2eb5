/** The parts that all charts have in common. */
import type { ComposeOption } from 'echarts/core';
import type { CustomSeriesOption, HeatmapSeriesOption, LineSeriesOption } from 'echarts/charts';
import type {
  GridComponentOption,
  MarkAreaComponentOption,
  MarkLineComponentOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from 'echarts/components';
import type { Theme } from './theme.js';

export type ChartOption = ComposeOption<
  | LineSeriesOption
  | CustomSeriesOption
  | HeatmapSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | MarkAreaComponentOption
  | MarkLineComponentOption
  | VisualMapComponentOption
>;
export type Series = LineSeriesOption | CustomSeriesOption;

/** Without double quotes, which the SVG renderer would put into an attribute as they are. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Escapes text for a tooltip. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One line of a tooltip: a swatch, a name and a value. */
export function tooltipRow(color: string, name: string, value: string): string {
  return (
    `<tr><td style="padding-right:6px"><span style="display:inline-block;width:10px;height:10px;border-radius:3px;background:${color}"></span></td>` +
    `<td style="padding-right:14px">${escapeText(name)}</td>` +
    `<td style="text-align:right;font-variant-numeric:tabular-nums;font-weight:600">${escapeText(value)}</td></tr>`
  );
}

/** A tooltip of a title and rows. */
export function tooltipTable(title: string, rows: readonly string[]): string {
  return `<div style="margin-bottom:4px">${escapeText(title)}</div><table style="border-collapse:collapse">${rows.join('')}</table>`;
}

/** Options shared by all charts. */
export function base(theme: Theme): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: theme.text },
    grid: { left: 58, right: 18, top: 14, bottom: 48 },
  };
}

/** Style of an axis. */
export function axisStyle(theme: Theme, name: string, gap: number) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { color: theme.muted, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: theme.line } },
    axisTick: { show: false, lineStyle: { color: theme.line } },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: theme.line, width: 1 } },
  };
}

/** Style of a tooltip. */
export function tooltipStyle(theme: Theme): TooltipComponentOption {
  return {
    confine: true,
    backgroundColor: theme.surface,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontSize: 12, fontFamily: FONT },
    extraCssText: 'box-shadow:0 4px 16px rgba(0,0,0,.14);border-radius:8px;',
  };
}
