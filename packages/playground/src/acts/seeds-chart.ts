/** Differences of the errors by seed, with their mean and its interval. */
import { points, type PairedDifference } from 'recency-bias-lab/browser';
import { svg } from './svg.js';
import type { SeedResult } from './verdict.js';

const [WIDTH, HEIGHT, EDGE] = [640, 150, 30];

/** The chart as it stands. */
export function seedsChart(results: readonly SeedResult[], found: PairedDifference): SVGSVGElement {
  const differences = results.map(({ recencyBias, random }) => recencyBias - random);
  const reach =
    Math.max(0.005, ...differences.map(Math.abs), Math.abs(found.low ?? 0), Math.abs(found.high ?? 0)) * 1.15;
  const x = (value: number): number => WIDTH / 2 + (value / reach) * (WIDTH / 2 - EDGE);
  const dots = differences.map((value, i) =>
    svg(
      'circle',
      { class: 'seed', cx: x(value), cy: 62 - (i % 2) * 14, r: 6 },
      svg('title', {}, `seed ${results[i]!.seed}: ${points(value)} points`),
    ),
  );
  const { mean, low, high } = found;
  const summary =
    mean === null || low === null || high === null
      ? []
      : [
          svg('rect', { class: 'interval', x: x(low), y: 88, width: x(high) - x(low), height: 10, rx: 5 }),
          svg('circle', { class: 'mean', cx: x(mean), cy: 93, r: 7 }),
        ];
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `Differences by seed: ${differences.map(points).join(', ')} points`,
    },
    svg('line', { class: 'zero', x1: x(0), x2: x(0), y1: 26, y2: 112 }),
    svg('text', { class: 'tick', x: x(0) - 12, y: 18, 'text-anchor': 'end' }, '← Recency Bias is better'),
    svg('text', { class: 'tick', x: x(0) + 12, y: 18 }, 'Random is better →'),
    svg('text', { class: 'tick', x: x(0), y: 130, 'text-anchor': 'middle' }, 'no difference'),
    svg('text', { class: 'tick', x: EDGE, y: 146 }, `${points(-reach)} points`),
    svg('text', { class: 'tick', x: WIDTH - EDGE, y: 146, 'text-anchor': 'end' }, `${points(reach)} points`),
    ...dots,
    ...summary,
  );
}
