/** The script of the report: draws the charts, follows the toolbar, the colour scheme, the window and the printer. */
import { CustomChart, HeatmapChart, LineChart } from 'echarts/charts';
import {
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import type { ECharts } from 'echarts/core';
import { init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { Axis, Metric } from '../analysis/curves.js';
import type { ChartData } from '../chart-data.js';
import type { Option } from './common.js';
import type { CoverageMetric } from './coverage-chart.js';
import { coverageChart } from './coverage-chart.js';
import { curveChart } from './curve-chart.js';
import { distributionChart } from './distribution-chart.js';
import { heatMap } from './heat-map.js';
import type { State } from './state.js';
import type { Theme } from './theme.js';
import { DARK, LIGHT } from './theme.js';

use([
  LineChart,
  CustomChart,
  HeatmapChart,
  GridComponent,
  TooltipComponent,
  MarkAreaComponent,
  MarkLineComponent,
  VisualMapComponent,
  SVGRenderer,
  CanvasRenderer,
]);

const data = JSON.parse(document.getElementById('chart-data')!.textContent) as ChartData;
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const state: State = { axis: 'epoch', scale: 'log', afterWarmup: false, hidden: new Set() };
let printing = false;

interface Chart {
  readonly element: HTMLElement;
  readonly echarts: ECharts;
}

/** The option of a container by its data-chart and data-of attributes. */
function optionOf({ dataset }: HTMLElement, theme: Theme): Option | null {
  const of = dataset.of ?? '';
  switch (dataset.chart) {
    case 'curve':
      return curveChart(data, of as Metric, state, theme);
    case 'distribution':
      return distributionChart(data, Number(of), state, theme);
    case 'heat':
      return heatMap(data, of, theme);
    case 'coverage':
      return coverageChart(data, of as CoverageMetric, state, theme);
    default:
      return null;
  }
}

const charts: Chart[] = [...document.querySelectorAll<HTMLElement>('[data-chart]')].map((element) => ({
  element,
  // Heat maps have thousands of cells; lines stay sharp in print as SVG.
  echarts: init(element, null, { renderer: element.dataset.chart === 'heat' ? 'canvas' : 'svg' }),
}));

function draw(): void {
  const theme = darkScheme.matches && !printing ? DARK : LIGHT;
  for (const { element, echarts } of charts) {
    const option = optionOf(element, theme);
    if (option !== null) echarts.setOption(option, { notMerge: true });
  }
}

function onToolbarChange(target: HTMLInputElement): void {
  if (target.name === 'axis') state.axis = target.value as Axis;
  else if (target.name === 'scale') state.scale = target.value as State['scale'];
  else if (target.name === 'after-warmup') state.afterWarmup = target.checked;
  else if (target.name === 'selector') {
    const hidden = new Set(state.hidden);
    if (target.checked) hidden.delete(target.value);
    else hidden.add(target.value);
    state.hidden = hidden;
  }
  draw();
}

document.getElementById('toolbar')?.addEventListener('change', ({ target }) => {
  if (target instanceof HTMLInputElement) onToolbarChange(target);
});
darkScheme.addEventListener('change', draw);
const resizes = new ResizeObserver((entries) => {
  if (printing) return;
  for (const { target } of entries) charts.find(({ element }) => element === target)?.echarts.resize();
});
for (const { element } of charts) resizes.observe(element);

/** Widths of a chart on paper: alone, and beside another. A4 and Letter leave some 700 pixels between their margins. */
const PAPER_WIDTHS = { alone: 620, beside: 290 };

addEventListener('beforeprint', () => {
  printing = true;
  for (const { element, echarts } of charts) {
    echarts.resize({ width: element.closest('.grid') === null ? PAPER_WIDTHS.alone : PAPER_WIDTHS.beside });
  }
  draw();
});
addEventListener('afterprint', () => {
  printing = false;
  for (const { echarts } of charts) echarts.resize({ width: 'auto' });
  draw();
});

document.documentElement.classList.add('scripted');
draw();
