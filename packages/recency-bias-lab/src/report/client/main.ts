/** The script of the report. */
import { embeddedData, PageCharts } from './page-charts.js';

new PageCharts().show(embeddedData());
document.documentElement.classList.add('scripted');
