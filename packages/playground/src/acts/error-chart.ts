/** Test errors over epochs: the shared warm-up, then both racers. */
import type { Racer } from '../training/messages.js';
import { svg } from './svg.js';

const [WIDTH, HEIGHT] = [640, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 108, 14, 34];

/** A racer's test errors by epoch, 1-based. */
export type Errors = ReadonlyMap<number, number>;

const TITLES: Readonly<Record<Racer, string>> = { random: 'Random', 'recency-bias': 'Recency Bias' };

/** The chart as it stands. */
export function errorChart(
  errors: Readonly<Record<Racer, Errors>>,
  warmupEpochs: number,
  epochs: number,
): SVGSVGElement {
  const values = Object.values(errors).flatMap((own) => [...own.values()]);
  // From the second epoch on: the first is far above the others.
  const late = Object.values(errors).flatMap((own) =>
    [...own].filter(([epoch]) => epoch > 1).map(([, e]) => e),
  );
  const top = Math.max(0.05, Math.ceil(Math.max(0, ...(late.length > 0 ? late : values)) * 50) / 50);
  const x = (epoch: number): number => LEFT + ((epoch - 1) / (epochs - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (error: number): number =>
    HEIGHT - BOTTOM - (Math.min(error, top) / top) * (HEIGHT - TOP - BOTTOM);

  const grid = Array.from({ length: 5 }, (_, i) => (top * i) / 4).flatMap((error) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(error), y2: y(error) }),
    svg(
      'text',
      { class: 'tick', x: LEFT - 8, y: y(error) + 4, 'text-anchor': 'end' },
      `${+(100 * error).toFixed(1)} %`,
    ),
  ]);
  const ticks = [1, warmupEpochs, epochs].map((epoch) =>
    svg('text', { class: 'tick', x: x(epoch), y: HEIGHT - 12, 'text-anchor': 'middle' }, `epoch ${epoch}`),
  );
  const warm = [...errors['recency-bias']].filter(([epoch]) => epoch <= warmupEpochs);
  const path = (points: readonly (readonly [number, number])[]): string =>
    points
      .map(([epoch, error], i) => `${i === 0 ? 'M' : 'L'}${x(epoch).toFixed(1)} ${y(error).toFixed(1)}`)
      .join('');
  const fork = warm.at(-1);
  const lines = (['random', 'recency-bias'] as const).flatMap((racer) => {
    const own = [...errors[racer]].filter(([epoch]) => epoch > warmupEpochs);
    const end = own.at(-1);
    if (fork === undefined || end === undefined) return [];
    return [
      svg('path', { class: `line ${racer}`, d: path([fork, ...own]) }),
      svg('circle', { class: `end ${racer}`, cx: x(end[0]), cy: y(end[1]), r: 4.5 }),
    ];
  });

  // Names beside the ends, kept apart.
  const ends = (['random', 'recency-bias'] as const).flatMap((racer) => {
    const end = [...errors[racer]].at(-1);
    return end === undefined || end[0] <= warmupEpochs
      ? []
      : [{ racer, epoch: end[0], error: end[1], at: y(end[1]) }];
  });
  ends.sort((a, b) => a.at - b.at);
  if (ends.length === 2 && ends[1]!.at - ends[0]!.at < 30) {
    const middle = (ends[0]!.at + ends[1]!.at) / 2;
    ends[0]!.at = middle - 15;
    ends[1]!.at = middle + 15;
  }
  const names = ends.map(({ racer, epoch, error, at }) =>
    svg(
      'text',
      { class: `name ${racer}`, x: x(epoch) + 10, y: at - 1 },
      TITLES[racer],
      svg('tspan', { x: x(epoch) + 10, dy: 14 }, `${(100 * error).toFixed(2)} %`),
    ),
  );
  const said = ends.map(({ racer, error }) => `${TITLES[racer]} ${(100 * error).toFixed(2)} %`).join(', ');
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `Test error over epochs. ${said === '' ? 'The warm-up is under way.' : said}`,
    },
    svg('rect', {
      class: 'shared',
      x: LEFT,
      y: TOP,
      width: x(warmupEpochs) - LEFT,
      height: HEIGHT - TOP - BOTTOM,
    }),
    svg(
      'text',
      { class: 'tick', x: (LEFT + x(warmupEpochs)) / 2, y: TOP + 16, 'text-anchor': 'middle' },
      'warm-up, shared',
    ),
    ...grid,
    ...ticks,
    svg('path', { class: 'line shared-line', d: path(warm) }),
    ...lines,
    ...names,
  );
}
