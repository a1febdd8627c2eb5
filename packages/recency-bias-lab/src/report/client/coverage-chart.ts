/** How evenly the data are used: effective sample size, or share of distinct samples, over epochs. */
import type { ChartData } from '../chart-data.js';
import { DASHES, slotIndex } from '../palette.js';
import type { ChartOption } from './common.js';
import { axisStyle, base, tooltipRow, tooltipStyle, tooltipTable } from './common.js';
import type { State } from './state.js';
import type { Theme } from './theme.js';

export type CoverageMetric = 'effectiveSampleSize' | 'distinctShare';

/** Chart of one of the two shares, in percent of the data set. */
export function coverageChart(
  data: ChartData,
  metric: CoverageMetric,
  state: State,
  theme: Theme,
): ChartOption {
  const visible = data.coverage.filter(({ selector }) => !state.hidden.has(selector));
  const info = new Map(data.selectors.map((selector) => [selector.id, selector]));
  return {
    ...base(theme),
    xAxis: {
      ...axisStyle(theme, 'epochs', 30),
      type: 'value',
      min: 0,
      max: data.epochs,
      splitLine: { show: false },
    },
    yAxis: { ...axisStyle(theme, '% of the data set', 42), type: 'value', min: 0, max: 100 },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: theme.muted, type: 'solid' } },
      formatter: (params) => {
        const first = (Array.isArray(params) ? params[0] : params) as { axisValue?: number } | undefined;
        const epoch = first?.axisValue ?? 0;
        const rows = visible.flatMap(({ selector, epochs, [metric]: values }) => {
          const value = values[epochs.indexOf(epoch)];
          const { title, slot } = info.get(selector)!;
          return value == null ? [] : [tooltipRow(theme.color(slot), title, `${(100 * value).toFixed(1)} %`)];
        });
        return tooltipTable(`epoch ${epoch}`, rows);
      },
    },
    series: visible.map(({ selector, epochs, [metric]: values }) => {
      const { slot } = info.get(selector)!;
      const color = theme.color(slot);
      return {
        type: 'line',
        name: selector,
        data: epochs.map((epoch, i) => [epoch, values[i] == null ? null : 100 * values[i]]),
        showSymbol: epochs.length < 2,
        itemStyle: { color },
        lineStyle: { color, width: slot < 2 ? 2.6 : 2, type: DASHES[slotIndex(slot)]! },
        emphasis: { disabled: true },
        z: slot === 1 ? 4 : 3,
      };
    }),
  };
}
