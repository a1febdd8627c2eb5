/** Distribution of the losses of the selected samples at one moment of training, on a logarithmic axis. */
import type { ChartData } from '../chart-data.js';
import { DASHES, slotIndex } from '../palette.js';
import type { ChartOption } from './common.js';
import { axisStyle, base, tooltipRow, tooltipStyle, tooltipTable } from './common.js';
import { short } from './scale.js';
import type { State } from './state.js';
import type { Theme } from './theme.js';
import { largest } from '../../ground/extremes.js';

/**
 * First and last bin that holds anything in any distribution of any moment, so that both moments share an axis. The
 * lowest bin is left out: it holds everything down to zero, would tower above the rest, and is given as a number.
 */
export function usedBins(data: ChartData): [first: number, last: number] {
  let first = data.lossEdges.length;
  let last = 0;
  for (const { distributions } of data.moments) {
    for (const { shares } of distributions) {
      for (const [bin, share] of shares.entries()) {
        if (bin === 0 || share < 5e-4) continue;
        first = Math.min(first, bin);
        last = Math.max(last, bin);
      }
    }
  }
  return first > last ? [1, data.lossEdges.length] : [first, last];
}

/** Text of a bin: its upper edge, or that it is open. */
export function binName(edges: readonly number[], bin: number): string {
  const format = (value: number): string => Number(value.toPrecision(2)).toString();
  if (bin === 0) return `up to ${format(edges[0]!)}`;
  if (bin >= edges.length) return `above ${format(edges[edges.length - 1]!)}`;
  return `${format(edges[bin - 1]!)} to ${format(edges[bin]!)}`;
}

/** Largest share in any bin but the lowest of any moment, in percent, rounded up to a value with round ticks. */
function peak(data: ChartData): number {
  const highest = Math.max(
    0,
    largest(
      data.moments.flatMap(({ distributions }) =>
        distributions.flatMap(({ shares }) => shares.slice(1).map((share) => 100 * share)),
      ),
    ),
  );
  return [1, 2, 4, 5, 10, 20, 40, 50].find((round) => highest <= round) ?? 100;
}

/** Labels stand where the upper edge of a bin is a power of ten; eight bins make a decade. */
function powerLabel(edges: readonly number[], bin: number): string {
  const exponent = Math.log10(edges[bin] ?? NaN);
  if (!(Math.abs(exponent - Math.round(exponent)) < 1e-6)) return '';
  return Math.abs(exponent) < 3.5 ? short(10 ** Math.round(exponent)) : `1e${Math.round(exponent)}`;
}

/** Chart of one moment. */
export function distributionChart(data: ChartData, moment: number, state: State, theme: Theme): ChartOption {
  const [first, last] = usedBins(data);
  const bins = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const visible = (data.moments[moment]?.distributions ?? []).filter(
    ({ selector }) => !state.hidden.has(selector),
  );
  const info = new Map(data.selectors.map((selector) => [selector.id, selector]));
  const x = axisStyle(theme, 'loss of the selected samples', 30);
  return {
    ...base(theme),
    xAxis: {
      ...x,
      type: 'category',
      boundaryGap: false,
      data: bins,
      splitLine: { show: false },
      axisLabel: {
        ...x.axisLabel,
        interval: (index: number) => powerLabel(data.lossEdges, first + index) !== '',
        formatter: (value: string) => powerLabel(data.lossEdges, Number(value)),
      },
    },
    yAxis: {
      ...axisStyle(theme, 'share of the selected, %', 42),
      type: 'value',
      max: peak(data),
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: theme.muted, type: 'solid' } },
      formatter: (params) => {
        const row = (Array.isArray(params) ? params[0] : params)?.dataIndex ?? 0;
        return tooltipTable(
          `loss ${binName(data.lossEdges, first + row)}`,
          visible.map(({ selector, shares }) => {
            const { title, slot } = info.get(selector)!;
            return tooltipRow(theme.color(slot), title, `${(100 * shares[first + row]!).toFixed(2)} %`);
          }),
        );
      },
    },
    series: visible.map(({ selector, shares }) => {
      const { slot } = info.get(selector)!;
      const color = theme.color(slot);
      return {
        type: 'line',
        name: selector,
        step: 'middle',
        showSymbol: false,
        data: bins.map((bin) => 100 * shares[bin]!),
        lineStyle: { color, width: slot < 2 ? 2.4 : 1.8, type: DASHES[slotIndex(slot)]! },
        itemStyle: { color },
        areaStyle: { color, opacity: slot === 1 ? 0.16 : 0.05 },
        emphasis: { disabled: true },
        z: slot === 1 ? 4 : 3,
      };
    }),
  };
}
