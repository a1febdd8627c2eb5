/** The charts of all comparisons on a page, which follow the colour scheme and the printer. */
import type { ChartData } from '../chart-data.js';
import { ComparisonCharts } from './comparison-charts.js';
import { DARK, LIGHT } from './theme.js';
import type { Theme } from './theme.js';

/** Draws the charts of the elements that say which comparison they are of (`data-comparison`). */
export class PageCharts {
  readonly #comparisons = new Map<HTMLElement, ComparisonCharts>();
  readonly #darkScheme = matchMedia('(prefers-color-scheme: dark)');
  #isPrinting = false;

  constructor() {
    this.#darkScheme.addEventListener('change', () => {
      for (const charts of this.#comparisons.values()) charts.draw();
    });
    addEventListener('beforeprint', () => {
      this.#isPrinting = true;
      for (const charts of this.#comparisons.values()) charts.layOutForPaper();
    });
    addEventListener('afterprint', () => {
      this.#isPrinting = false;
      for (const charts of this.#comparisons.values()) charts.layOutForScreen();
    });
  }

  /** Shows data, one set a comparison, in the elements that the page has now. */
  show(data: readonly ChartData[]): void {
    const elements = [...document.querySelectorAll<HTMLElement>('[data-comparison]')];
    for (const element of this.#comparisons.keys()) {
      if (!elements.includes(element)) this.#comparisons.delete(element);
    }
    for (const element of elements) {
      const own = data[Number(element.dataset.comparison)];
      if (own === undefined) continue;
      const charts = this.#comparisons.get(element);
      if (charts === undefined) this.#comparisons.set(element, this.#begin(element, own));
      else charts.update(own);
    }
  }

  #begin(element: HTMLElement, data: ChartData): ComparisonCharts {
    const theme = (): Theme => (this.#darkScheme.matches && !this.#isPrinting ? DARK : LIGHT);
    return new ComparisonCharts(element, data, theme);
  }
}

/** The data that the page came with. */
export function embeddedData(): ChartData[] {
  return JSON.parse(document.getElementById('chart-data')!.textContent) as ChartData[];
}
