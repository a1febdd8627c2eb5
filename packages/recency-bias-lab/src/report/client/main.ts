/** The script of the report: the charts of each comparison, which follow its toolbar, the colour scheme, the window and the printer. */
import type { ChartData } from '../chart-data.js';
import { ComparisonCharts } from './comparison-charts.js';
import { DARK, LIGHT } from './theme.js';

const data = JSON.parse(document.getElementById('chart-data')!.textContent) as ChartData[];
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

const comparisons = [...document.querySelectorAll<HTMLElement>('[data-comparison]')].map(
  (element) =>
    new ComparisonCharts(element, data[Number(element.dataset.comparison)]!, () =>
      darkScheme.matches && !printing ? DARK : LIGHT,
    ),
);

darkScheme.addEventListener('change', () => {
  for (const comparison of comparisons) comparison.draw();
});
addEventListener('beforeprint', () => {
  printing = true;
  for (const comparison of comparisons) comparison.layOutForPaper();
});
addEventListener('afterprint', () => {
  printing = false;
  for (const comparison of comparisons) comparison.layOutForScreen();
});

document.documentElement.classList.add('scripted');
