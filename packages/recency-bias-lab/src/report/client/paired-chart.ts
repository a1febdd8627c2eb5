/** Differences of test errors seed by seed: a dot a seed, their mean, and its 95 % confidence interval. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { ErrorComparison, ErrorKind } from '../analysis/errors.js';
import type { PairedDifference } from '../analysis/statistics.js';
import type { ChartData } from '../chart-data.js';
import { signed } from '../format.js';
import type { ChartOption } from './common.js';
import { axisStyle, base, tooltipRow, tooltipStyle, tooltipTable } from './common.js';
import { short } from './scale.js';
import type { State } from './state.js';
import type { Theme } from './theme.js';
import { largest } from '../../ground/extremes.js';

/** One row of the chart, in percentage points. */
export interface PairedRow {
  readonly title: string;
  readonly slot: number;
  readonly seeds: readonly { readonly seed: number; readonly difference: number }[];
  readonly mean: number;
  /** Null with fewer than two seeds. */
  readonly interval: readonly [low: number, high: number] | null;
}

function differenceOf(comparison: ErrorComparison, kind: ErrorKind): PairedDifference {
  return kind === 'best' ? comparison.difference : comparison.finalDifference;
}

/** Rows of the selectors that are not hidden, in order. */
export function pairedRows({ paired, selectors }: ChartData, kind: ErrorKind, state: State): PairedRow[] {
  const info = new Map(selectors.map((selector) => [selector.id, selector]));
  return paired.flatMap((comparison): PairedRow[] => {
    const { selector, over, seeds } = comparison;
    const [own, other] = [info.get(selector), info.get(over)];
    const { mean, low, high } = differenceOf(comparison, kind);
    if (own === undefined || other === undefined || mean === null) return [];
    if (state.hidden.has(selector) || state.hidden.has(over)) return [];
    return [
      {
        title: `${own.title} − ${other.title}`,
        slot: own.slot,
        seeds: seeds.map((one) => ({ seed: one.seed, difference: 100 * one[kind] })),
        mean: 100 * mean,
        interval: low === null || high === null ? null : [100 * low, 100 * high],
      },
    ];
  });
}

/** Half the height of an interval's ends and of the mean's bar, in pixels. */
const END = 5;
const BAR = 9;

/** Everything in one row: the interval as a line with ends, the mean as a bar, the seeds as dots. */
function rowSeries(rows: readonly PairedRow[], theme: Theme): CustomSeriesOption {
  return {
    type: 'custom',
    data: rows.map(({ mean }, i) => [mean, i]),
    z: 3,
    renderItem: ({ dataIndex }, api) => {
      const { interval, seeds, mean, slot } = rows[dataIndex]!;
      const color = theme.color(slot);
      const at = (value: number): [x: number, y: number] => {
        const [x = 0, y = 0] = api.coord([value, dataIndex]);
        return [x, y];
      };
      const line = (x1: number, y1: number, x2: number, y2: number, lineWidth: number) =>
        ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth } }) as const;
      const [centre, y] = at(mean);
      const whiskers =
        interval === null
          ? []
          : [
              line(at(interval[0])[0], y, at(interval[1])[0], y, 2),
              ...interval.map((end) => line(at(end)[0], y - END, at(end)[0], y + END, 2)),
            ];
      return {
        type: 'group',
        children: [
          // An area to point at.
          {
            type: 'rect',
            shape: { x: 0, y: y - 16, width: api.getWidth(), height: 32 },
            style: { fill: theme.surface, opacity: 0 },
          },
          ...whiskers,
          line(centre, y - BAR, centre, y + BAR, 3.5),
          ...seeds.map(({ difference }) => {
            const [cx] = at(difference);
            return {
              type: 'circle' as const,
              shape: { cx, cy: y, r: 4 },
              style: { fill: theme.surface, stroke: color, lineWidth: 2 },
            };
          }),
        ],
      };
    },
    tooltip: {
      formatter: (params) => {
        const row = rows[params.dataIndex]!;
        const points = (value: number): string => `${signed(value, 2)} points`;
        return tooltipTable(row.title, [
          tooltipRow(theme.color(row.slot), 'mean', points(row.mean)),
          ...(row.interval === null
            ? []
            : [
                tooltipRow(
                  theme.color(row.slot),
                  '95 % interval',
                  `${signed(row.interval[0], 2)} to ${signed(row.interval[1], 2)}`,
                ),
              ]),
          ...row.seeds.map(({ seed, difference }) =>
            tooltipRow(theme.surface, `seed ${seed}`, points(difference)),
          ),
        ]);
      },
    },
  };
}

/** Chart of one kind of error; left of zero the first-named method is better. */
export function pairedChart(data: ChartData, kind: ErrorKind, state: State, theme: Theme): ChartOption {
  const rows = pairedRows(data, kind, state);
  const values = rows.flatMap(({ seeds, interval, mean }) => [
    mean,
    ...(interval ?? []),
    ...seeds.map(({ difference }) => difference),
  ]);
  const reach = Math.max(0.01, largest(values.map(Math.abs))) * 1.08;
  const x = axisStyle(theme, 'difference of test errors, percentage points', 30);
  const y = axisStyle(theme, '', 0);
  return {
    ...base(theme),
    grid: { left: 120, right: 18, top: 10, bottom: 48 },
    xAxis: {
      ...x,
      type: 'value',
      min: -reach,
      max: reach,
      splitNumber: 4,
      axisLabel: { ...x.axisLabel, showMinLabel: false, showMaxLabel: false, formatter: signedTick },
    },
    yAxis: {
      ...y,
      type: 'category',
      inverse: true,
      data: rows.map(({ title }) => title.replace(' − ', '\n− ')),
      axisLine: { show: false },
      axisLabel: {
        ...y.axisLabel,
        color: theme.text,
        fontSize: 12,
        interval: 0,
        hideOverlap: false,
        lineHeight: 15,
        width: 108,
        overflow: 'truncate',
      },
      splitLine: { show: false },
    },
    tooltip: { ...tooltipStyle(theme), trigger: 'item' },
    series: [
      {
        type: 'line',
        data: [],
        silent: true,
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: theme.muted, type: 'solid', width: 1.5 },
          data: [{ xAxis: 0 }],
        },
      },
      rowSeries(rows, theme),
    ],
  };
}

function signedTick(value: number): string {
  return value > 0 ? `+${short(value)}` : short(value).replace('-', '−');
}
