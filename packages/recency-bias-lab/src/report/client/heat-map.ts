/** Uncertainty of the training set over epochs, one map a selector. */
import type { HeatmapSeriesOption } from 'echarts/charts';
import type { ChartData } from '../chart-data.js';
import type { ChartOption } from './common.js';
import { axisStyle, base, tooltipRow, tooltipStyle, tooltipTable } from './common.js';
import type { Theme } from './theme.js';

/** Shares are shown on a logarithmic scale from this one on: most samples are certain most of the time. */
export const LEAST_SHARE = 1e-4;

/** Cells as [column, bin, log10 of the share]; empty bins have none. */
export function heatCells(shares: readonly (readonly number[])[]): [number, number, number][] {
  return shares.flatMap((row, column) =>
    row.flatMap((share, bin): [number, number, number][] =>
      share > 0 ? [[column, bin, Math.log10(Math.max(share, LEAST_SHARE))]] : [],
    ),
  );
}

/** Heat map of one selector; null when it has no histogram. */
export function heatMap(data: ChartData, selector: string, theme: Theme): ChartOption | null {
  const history = data.uncertainty.find((candidate) => candidate.selector === selector);
  if (history === undefined) return null;
  const bins = history.shares[0]?.length ?? 0;
  const x = axisStyle(theme, 'epochs', 28);
  const y = axisStyle(theme, 'uncertainty', 36);
  return {
    ...base(theme),
    grid: { left: 54, right: 12, top: 10, bottom: 44 },
    xAxis: {
      ...x,
      type: 'category',
      data: history.epochs.map(String),
      splitLine: { show: false },
    },
    yAxis: {
      ...y,
      type: 'category',
      data: Array.from({ length: bins }, (_, bin) => (bin / bins).toFixed(2)),
      splitLine: { show: false },
      axisLabel: { ...y.axisLabel, interval: Math.max(0, Math.round(bins / 4) - 1) },
    },
    visualMap: {
      show: false,
      type: 'continuous',
      dimension: 2,
      min: Math.log10(LEAST_SHARE),
      max: 0,
      inRange: { color: [...theme.heat] },
    },
    tooltip: {
      ...tooltipStyle(theme),
      formatter: (params) => {
        const item = Array.isArray(params) ? params[0] : params;
        const [column, bin] = (item?.data ?? [0, 0]) as [number, number, number];
        const share = history.shares[column]?.[bin] ?? 0;
        const range = `${(bin / bins).toFixed(2)} to ${((bin + 1) / bins).toFixed(2)}`;
        return tooltipTable(`epoch ${history.epochs[column] ?? ''}, uncertainty ${range}`, [
          tooltipRow(theme.heat[4]!, 'share of samples', `${(100 * share).toPrecision(3)} %`),
        ]);
      },
    },
    series: [
      {
        type: 'heatmap',
        data: heatCells(history.shares),
        progressive: 0,
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
      } satisfies HeatmapSeriesOption,
    ],
  };
}
