/** The main charts of a comparison as SVG documents. Bundled with ECharts for Node when the package is built. */
import { CustomChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, VisualMapComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Metric } from '../analysis/curves.js';
import type { ErrorKind } from '../analysis/errors.js';
import type { ChartData } from '../chart-data.js';
import type { Figure } from '../figures.js';
import type { ChartOption } from './common.js';
import { composeFigure } from './compose.js';
import type { Layout, Panel } from './compose.js';
import { curveChart } from './curve-chart.js';
import { distributionChart } from './distribution-chart.js';
import { gridMap } from './grid-map.js';
import { pairedChart, pairedRows } from './paired-chart.js';
import type { State } from './state.js';

use([
  LineChart,
  CustomChart,
  HeatmapChart,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  VisualMapComponent,
  SVGRenderer,
]);

const STATE: State = { axis: 'epoch', scale: 'log', afterWarmup: false, hidden: new Set() };

function render(option: ChartOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const TITLES: Readonly<Record<Metric, string>> = {
  testError: 'Test error',
  probeLoss: 'Training loss, on a fixed subset (comparable)',
  trainLoss: 'Training loss, of the samples drawn',
};

function curvePanel(data: ChartData, metric: Metric, axis: State['axis'], height: number): Panel {
  return {
    title: TITLES[metric],
    height,
    option: (theme) => curveChart(data, metric, { ...STATE, axis }, theme),
  };
}

function curves(data: ChartData, axis: State['axis']): Panel[][] {
  return [
    [curvePanel(data, 'testError', axis, 300)],
    [curvePanel(data, 'probeLoss', axis, 250), curvePanel(data, 'trainLoss', axis, 250)],
  ];
}

function againstTime(data: ChartData): Panel[][] {
  if (!data.fineTuned) return curves(data, 'seconds');
  const [, losses = []] = curves(data, 'seconds');
  return [
    [curvePanel(data, 'testError', 'seconds', 270), curvePanel(data, 'testError', 'passes', 270)],
    losses,
  ];
}

function distributions(data: ChartData): Panel[] {
  return data.moments.map(({ moment }, i) => ({
    title: `At ${String(Math.round(100 * moment.share))} %: epoch ${String(moment.epoch)}${moment.inWarmup ? ', first after the warm-up' : ' of training'}`,
    height: 270,
    option: (theme) => distributionChart(data, i, STATE, theme),
  }));
}

function pairedPanel(data: ChartData, kind: ErrorKind): Panel {
  return {
    title: kind === 'best' ? 'Best test error' : 'Final test error',
    height: 70 + 38 * pairedRows(data, kind, STATE).length,
    option: (theme) => pairedChart(data, kind, STATE, theme),
  };
}

/** Figures by name: what to draw, or null where there is nothing to show. */
function layouts(data: ChartData): readonly (readonly [name: string, layout: Layout | null])[] {
  const legend = data.selectors;
  const hasDistributions = data.moments.some(({ distributions: found }) => found.length > 0);
  return [
    [
      'curves',
      { label: 'Test error and training losses against epochs', rows: curves(data, 'epoch'), legend },
    ],
    [
      'figure-3',
      hasDistributions
        ? {
            label: 'Losses of the selected samples at 30 % and 70 % of training',
            rows: [distributions(data)],
            legend,
          }
        : null,
    ],
    [
      data.fineTuned ? 'figure-5' : 'figure-4',
      { label: 'Test error and training losses against time', rows: againstTime(data), legend },
    ],
    [
      'paired-differences',
      data.paired.length === 0
        ? null
        : {
            label: 'Differences of test errors seed by seed, their means and 95 % intervals',
            rows: [[pairedPanel(data, 'best'), pairedPanel(data, 'final')]],
            legend: [],
          },
    ],
    [
      'grid-search',
      data.grids.length === 0
        ? null
        : {
            label: 'Best test error of a grid search',
            rows: data.grids.map((map, i) => [
              {
                title: map.others === '' ? 'Best test error, %' : `Best test error, %: ${map.others}`,
                height: 62 + 52 * map.rows.length,
                option: (theme) => gridMap(data, i, theme),
              },
            ]),
            legend: [],
          },
    ],
  ];
}

/** All figures that the comparison has data for; none before its first epoch. */
export function drawFigures(data: ChartData): Figure[] {
  if (data.curves.length === 0) return [];
  return layouts(data).flatMap(([name, layout]) =>
    layout === null ? [] : [{ name, svg: composeFigure(layout, render) }],
  );
}
