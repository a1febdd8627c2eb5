/** Learning curves: mean over seeds with a band of one standard error, seeds as thin lines. */
import type { LineSeriesOption } from 'echarts/charts';
import type { Metric, SelectorCurves } from '../analysis/curves.js';
import type { ChartData } from '../chart-data.js';
import { DASHES, slotIndex } from '../palette.js';
import type { ChartOption, Series } from './common.js';
import { axisStyle, base, tooltipRow, tooltipStyle, tooltipTable } from './common.js';
import { logTicks, short } from './scale.js';
import type { State } from './state.js';
import { AXIS_NAMES } from './state.js';
import type { Theme } from './theme.js';

const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  testError: 'test error, %',
  probeLoss: 'loss',
  trainLoss: 'loss',
};

type Point = [x: number, y: number];

/** Values of the y axis are percentages for errors, plain losses else. */
function factor(metric: Metric): number {
  return metric === 'testError' ? 100 : 1;
}

function points(xs: readonly number[], ys: readonly number[], scale: number): Point[] {
  return xs.map((x, i) => [x, ys[i]! * scale]);
}

/** Corners of the band of one standard error around the mean; empty for a single seed. */
export function bandPoints({ mean }: SelectorCurves, metric: Metric, axis: State['axis']): Point[] {
  const { mean: centre, standardError } = mean[metric];
  if (standardError.some((error) => error === null)) return [];
  const scale = factor(metric);
  const upper = centre.map((value, i): Point => [mean[axis][i]!, (value + standardError[i]!) * scale]);
  const lower = centre.map((value, i): Point => [
    mean[axis][i]!,
    Math.max(value * 0.2, value - standardError[i]!) * scale,
  ]);
  return [...upper, ...lower.reverse()];
}

/** Position of the end of the warm-up on the x axis, which all selectors share; 0 without one. */
export function warmupEnd(data: ChartData, axis: State['axis']): number {
  for (const { mean } of data.curves) {
    const row = mean.epoch.indexOf(data.warmupEpochs);
    if (row >= 0) return mean[axis][row]!;
  }
  return 0;
}

function extent(values: readonly number[]): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function yAxis(
  values: readonly number[],
  metric: Metric,
  state: State,
  theme: Theme,
): NonNullable<ChartOption['yAxis']> {
  const style = axisStyle(theme, METRIC_NAMES[metric], 42);
  const positive = values.filter((value) => value > 0);
  if (state.scale === 'linear' || positive.length < values.length || positive.length === 0) {
    return {
      ...style,
      type: 'value',
      scale: state.afterWarmup,
      axisLabel: { ...style.axisLabel, formatter: short },
    };
  }
  const [low, high] = extent(positive);
  const [min, max] = [low / 1.06, high * 1.06];
  const ticks = logTicks(min, max);
  return {
    ...style,
    type: 'log',
    min,
    max,
    axisTick: { ...style.axisTick, customValues: ticks },
    axisLabel: { ...style.axisLabel, customValues: ticks, formatter: short },
  };
}

function nearest(xs: readonly number[], x: number): number {
  let best = 0;
  for (let i = 1; i < xs.length; i++) if (Math.abs(xs[i]! - x) < Math.abs(xs[best]! - x)) best = i;
  return best;
}

function selectorSeries(
  curves: SelectorCurves,
  slot: number,
  metric: Metric,
  state: State,
  theme: Theme,
): Series[] {
  const color = theme.color(slot);
  const scale = factor(metric);
  const thin = curves.seeds.map((seed): Series => ({
    type: 'line',
    data: points(seed[state.axis], seed[metric], scale),
    showSymbol: false,
    silent: true,
    lineStyle: { color, width: 1, opacity: curves.seeds.length > 1 ? 0.28 : 0 },
    tooltip: { show: false },
    z: 2,
  }));
  const band = bandPoints(curves, metric, state.axis);
  const area: Series[] =
    band.length === 0
      ? []
      : [
          {
            type: 'custom',
            silent: true,
            clip: true,
            z: 1,
            data: [band[0]!],
            tooltip: { show: false },
            renderItem: (_, api) => ({
              type: 'polygon',
              shape: { points: band.map((point) => api.coord(point)) },
              style: { fill: color, opacity: 0.16 },
            }),
          },
        ];
  const main: LineSeriesOption = {
    type: 'line',
    name: curves.selector,
    data: points(curves.mean[state.axis], curves.mean[metric].mean, scale),
    showSymbol: curves.mean.epoch.length < 2,
    symbol: 'circle',
    symbolSize: 6,
    itemStyle: { color },
    lineStyle: { color, width: slot < 2 ? 2.6 : 2, type: DASHES[slotIndex(slot)]! },
    emphasis: { disabled: true },
    z: slot === 1 ? 5 : 4,
  };
  return [...thin, ...area, main];
}

/** The shaded warm-up, behind the curves. */
function warmupArea(end: number, metric: Metric, theme: Theme): Series {
  return {
    type: 'line',
    data: [],
    silent: true,
    z: 0,
    markArea: {
      silent: true,
      itemStyle: { color: theme.shade },
      label: {
        color: theme.muted,
        fontSize: 11,
        position: metric === 'testError' ? 'insideTopRight' : 'insideBottom',
      },
      data: [[{ name: 'warm-up', xAxis: 0 }, { xAxis: end }]],
    },
  };
}

/** The baseline's best error, its label above the curves. */
function baselineLine({ title, error }: NonNullable<ChartData['baseline']>, theme: Theme): Series {
  return {
    type: 'line',
    data: [],
    silent: true,
    z: 6,
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
      label: {
        formatter: () => `${title}’s best`,
        position: 'insideStartTop',
        color: theme.muted,
        backgroundColor: theme.surface,
        padding: [2, 5],
        borderRadius: 4,
        fontSize: 11,
      },
      data: [{ yAxis: 100 * error }],
    },
  };
}

/** Marks of the whole chart. */
function marks(data: ChartData, metric: Metric, state: State, theme: Theme): Series[] {
  const end = warmupEnd(data, state.axis);
  return [
    ...(end > 0 && !state.afterWarmup ? [warmupArea(end, metric, theme)] : []),
    ...(metric === 'testError' && data.baseline !== null ? [baselineLine(data.baseline, theme)] : []),
  ];
}

function axisName({ clock }: ChartData, axis: State['axis']): string {
  return axis === 'seconds' && clock === 'processor'
    ? `${AXIS_NAMES.seconds} (processor time)`
    : AXIS_NAMES[axis];
}

/** Chart of one metric against an axis of the toolbar. */
export function curveChart(data: ChartData, metric: Metric, state: State, theme: Theme): ChartOption {
  const visible = data.curves.filter(({ selector }) => !state.hidden.has(selector));
  const info = new Map(data.selectors.map((selector) => [selector.id, selector]));
  const start = state.afterWarmup ? warmupEnd(data, state.axis) : 0;
  const scale = factor(metric);
  const values = visible.flatMap(({ seeds }) =>
    seeds.flatMap((seed) =>
      seed[metric].filter((_, i) => seed[state.axis][i]! >= start).map((y) => y * scale),
    ),
  );
  const [, last] = extent([
    start + 1e-9,
    ...data.curves.flatMap(({ seeds }) => seeds.flatMap((seed) => seed[state.axis])),
  ]);
  const style = axisStyle(theme, axisName(data, state.axis), 30);
  return {
    ...base(theme),
    xAxis: {
      ...style,
      type: 'value',
      min: start,
      max: last,
      splitLine: { show: false },
      axisLabel: { ...style.axisLabel, showMinLabel: start === 0, showMaxLabel: state.axis === 'epoch' },
    },
    yAxis: yAxis(values, metric, state, theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: theme.muted, width: 1, type: 'solid' } },
      formatter: (params) => {
        const first = (Array.isArray(params) ? params[0] : params) as { axisValue?: number } | undefined;
        const x = first?.axisValue ?? 0;
        const rows = visible
          .filter(({ mean }) => mean.epoch.length > 0)
          .map(({ selector, mean }) => {
            const i = nearest(mean[state.axis], x);
            const error = mean[metric].standardError[i];
            const digits = metric === 'testError' ? 2 : 4;
            const spread = error == null ? '' : ` ± ${(error * scale).toFixed(digits)}`;
            const value = `${(mean[metric].mean[i]! * scale).toFixed(digits)}${spread}`;
            const { title, slot } = info.get(selector)!;
            const when = state.axis === 'epoch' ? title : `${title}, epoch ${mean.epoch[i]!}`;
            return tooltipRow(theme.color(slot), when, value);
          });
        const at = state.axis === 'epoch' ? `epoch ${x}` : `${short(x)} ${AXIS_NAMES[state.axis]}`;
        return tooltipTable(at, rows);
      },
    },
    series: [
      ...marks(data, metric, state, theme),
      ...visible.flatMap((curves) =>
        selectorSeries(curves, info.get(curves.selector)!.slot, metric, state, theme),
      ),
    ],
  };
}
