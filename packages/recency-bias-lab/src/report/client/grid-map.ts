/** Best test errors of a grid search as a heat map, with the values in its cells. */
import type { HeatmapSeriesOption } from 'echarts/charts';
import type { ChartData } from '../chart-data.js';
import { percent } from '../format.js';
import type { ChartOption } from './common.js';
import { axisStyle, base } from './common.js';
import type { Theme } from './theme.js';
import { largest, smallest } from '../../ground/extremes.js';

/** Heat map of one grid; the deeper the colour, the higher the error. Null when no run of it has ended. */
export function gridMap(data: ChartData, index: number, theme: Theme): ChartOption | null {
  const map = data.grids[index];
  if (map === undefined) return null;
  const found = map.cells.flatMap((row, y) =>
    row.flatMap((cell, x) => (cell === null ? [] : [{ x, y, ...cell }])),
  );
  if (found.length === 0) return null;
  const means = found.map(({ mean }) => mean);
  const [low, high] = [smallest(means), largest(means)];
  const x = axisStyle(theme, map.columnOption, 30);
  const y = axisStyle(theme, map.rowOption, 44);
  // The scale runs from the surface's colour to its opposite: text turns over in its middle.
  const ink = (mean: number): string => (mean - low > (high - low) / 2 ? theme.surface : theme.text);
  return {
    ...base(theme),
    grid: { left: 64, right: 12, top: 10, bottom: 48 },
    xAxis: { ...x, type: 'category', data: [...map.columns], splitLine: { show: false } },
    yAxis: { ...y, type: 'category', data: [...map.rows], inverse: true, splitLine: { show: false } },
    visualMap: {
      show: false,
      type: 'continuous',
      dimension: 2,
      min: low,
      max: high > low ? high : low + 1,
      inRange: { color: [...theme.heat] },
    },
    series: [
      {
        type: 'heatmap',
        silent: true,
        progressive: 0,
        itemStyle: { borderColor: theme.surface, borderWidth: 3 },
        data: found.map(({ x: column, y: row, mean, standardError }) => ({
          value: [column, row, mean],
          label: {
            show: true,
            color: ink(mean),
            fontSize: 12,
            lineHeight: 16,
            fontWeight: mean === low ? ('bold' as const) : ('normal' as const),
            formatter:
              standardError === null ? percent(mean) : `${percent(mean)}\n± ${percent(standardError)}`,
          },
        })),
      } satisfies HeatmapSeriesOption,
    ],
  };
}
