/** The charts of one comparison on the page. */
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
import type { ErrorKind } from '../analysis/errors.js';
import type { ChartData } from '../chart-data.js';
import type { ChartOption } from './common.js';
import type { CoverageMetric } from './coverage-chart.js';
import { coverageChart } from './coverage-chart.js';
import { curveChart } from './curve-chart.js';
import { distributionChart } from './distribution-chart.js';
import { gridMap } from './grid-map.js';
import { heatMap } from './heat-map.js';
import { pairedChart } from './paired-chart.js';
import type { State } from './state.js';
import type { Theme } from './theme.js';

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

/** A chart is drawn when it comes this close to what is seen: a page may hold hundreds. */
const NEAR = '800px';

/** Widths of a chart on paper: alone, and beside another. A4 and Letter leave some 700 pixels between their margins. */
const PAPER_WIDTHS = { alone: 620, beside: 290 };

/** Draws the charts inside `root`, each when it comes near, and again whenever the toolbar changes. */
export class ComparisonCharts {
  #data: ChartData;
  readonly #theme: () => Theme;
  readonly #state: State = { axis: 'epoch', scale: 'log', afterWarmup: false, hidden: new Set() };
  readonly #root: HTMLElement;
  #places: readonly HTMLElement[] = [];
  readonly #nearby: IntersectionObserver;
  readonly #resizes: ResizeObserver;
  readonly #charts = new Map<HTMLElement, ECharts>();
  #onPaper = false;

  constructor(root: HTMLElement, data: ChartData, theme: () => Theme) {
    this.#data = data;
    this.#theme = theme;
    this.#root = root;
    root.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement && target.closest('.toolbar') !== null) this.#choose(target);
    });
    this.#nearby = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting || !(target instanceof HTMLElement)) continue;
          this.#nearby.unobserve(target);
          this.#drawAt(target);
        }
      },
      { rootMargin: NEAR },
    );
    this.#resizes = new ResizeObserver((entries) => {
      if (this.#onPaper) return;
      for (const { target } of entries) {
        if (target instanceof HTMLElement) this.#charts.get(target)?.resize();
      }
    });
    this.#watchPlaces();
  }

  /** Shows other data, also at places that are new: the charts that are near are drawn at once, the others when they come near. */
  update(data: ChartData): void {
    this.#data = data;
    this.#watchPlaces();
  }

  #watchPlaces(): void {
    this.#nearby.disconnect();
    this.#resizes.disconnect();
    this.#places = [...this.#root.querySelectorAll<HTMLElement>('[data-chart]')];
    const places = new Set(this.#places);
    for (const [place, chart] of this.#charts) {
      if (places.has(place)) continue;
      chart.dispose();
      this.#charts.delete(place);
    }
    for (const place of places) {
      this.#nearby.observe(place);
      this.#resizes.observe(place);
    }
  }

  /** Draws anew what has been drawn. */
  draw(): void {
    for (const place of this.#charts.keys()) this.#drawAt(place);
  }

  /** Draws everything, at the width of paper. */
  layOutForPaper(): void {
    this.#onPaper = true;
    for (const place of this.#places) {
      this.#chartAt(place).resize({
        width: place.closest('.grid') === null ? PAPER_WIDTHS.alone : PAPER_WIDTHS.beside,
      });
      this.#drawAt(place);
    }
  }

  /** Returns from paper. */
  layOutForScreen(): void {
    this.#onPaper = false;
    for (const chart of this.#charts.values()) chart.resize({ width: 'auto' });
    this.draw();
  }

  #chartAt(place: HTMLElement): ECharts {
    const known = this.#charts.get(place);
    if (known !== undefined) return known;
    // Heat maps of uncertainty have thousands of cells; everything else stays sharp in print as SVG.
    const made = init(place, null, { renderer: place.dataset.chart === 'heat' ? 'canvas' : 'svg' });
    this.#charts.set(place, made);
    return made;
  }

  #drawAt(place: HTMLElement): void {
    const option = this.#option(place.dataset);
    if (option !== null) this.#chartAt(place).setOption(option, { notMerge: true });
  }

  /** The chart of a place, by its data-chart and data-of attributes. */
  #option({ chart, of = '' }: DOMStringMap): ChartOption | null {
    const [data, state, theme] = [this.#data, this.#state, this.#theme()];
    switch (chart) {
      case 'curve':
        return curveChart(data, of as Metric, state, theme);
      case 'seconds':
      case 'passes':
        return curveChart(data, of as Metric, { ...state, axis: chart }, theme);
      case 'distribution':
        return distributionChart(data, Number(of), state, theme);
      case 'heat':
        return heatMap(data, of, theme);
      case 'grid':
        return gridMap(data, Number(of), theme);
      case 'paired':
        return pairedChart(data, of as ErrorKind, state, theme);
      case 'coverage':
        return coverageChart(data, of as CoverageMetric, state, theme);
      default:
        return null;
    }
  }

  #choose({ name, value, checked }: HTMLInputElement): void {
    const state = this.#state;
    if (name === 'axis') state.axis = value as Axis;
    else if (name === 'scale') state.scale = value as State['scale'];
    else if (name === 'after-warmup') state.afterWarmup = checked;
    else if (name === 'selector') {
      const hidden = new Set(state.hidden);
      if (checked) hidden.delete(value);
      else hidden.add(value);
      state.hidden = hidden;
    }
    this.draw();
  }
}
