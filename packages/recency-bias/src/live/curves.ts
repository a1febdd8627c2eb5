/** Curves of the epochs' logs, a chart for the losses and a chart for the accuracies. */
import { element, svg } from './elements.js';
import type { LiveEpoch } from './update.js';

const WIDTH = 320;
const HEIGHT = 150;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 8, 22];

/** A curve: its name in the logs, whether it is of data that were not trained on, and its values. */
interface Curve {
  readonly name: string;
  readonly isHeldOut: boolean;
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

const short = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function curvesOf(epochs: readonly LiveEpoch[], isOf: (name: string) => boolean): Curve[] {
  const names = [...new Set(epochs.flatMap(({ logs }) => Object.keys(logs)))].filter(isOf);
  return names.map((name) => ({
    name,
    isHeldOut: name.startsWith('val_'),
    points: epochs.flatMap(({ epoch, logs }) => {
      const value = logs[name];
      return value !== undefined && Number.isFinite(value) ? [[epoch, value] as const] : [];
    }),
  }));
}

function chart(title: string, curves: readonly Curve[], isShare: boolean): HTMLElement {
  const all = curves.flatMap(({ points }) => points);
  const most = isShare ? 1 : all.reduce((highest, [, value]) => Math.max(highest, value), 1e-12);
  const least = all.reduce((lowest, [, value]) => Math.min(lowest, value), 0);
  const [first, last] = [all[0]?.[0] ?? 1, all.reduce((latest, [epoch]) => Math.max(latest, epoch), 2)];
  const x = (epoch: number): number =>
    LEFT + ((epoch - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - (value - least) / (most - least)) * (HEIGHT - TOP - BOTTOM);
  const at = (value: number): string => value.toFixed(1);
  const format = isShare ? (value: number): string => `${Math.round(100 * value)} %` : short;
  const now = curves.map(({ name, points }) => `${name} ${format(points.at(-1)?.[1] ?? NaN)}`).join(', ');
  const grid = [least, (least + most) / 2, most].flatMap((value) => [
    svg('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: at(y(value)), y2: at(y(value)), class: 'grid' }),
    svg('text', { x: LEFT - 5, y: at(y(value)), dy: '.35em', 'text-anchor': 'end' }, format(value)),
  ]);
  const lines = curves.map(({ name, isHeldOut, points }) => {
    const d = points
      .map(([epoch, value], i) => `${i === 0 ? 'M' : 'L'}${at(x(epoch))} ${at(y(value))}`)
      .join('');
    const [epoch, value] = points.at(-1) ?? [first, least];
    return svg(
      'g',
      { class: isHeldOut ? 'curve held' : 'curve' },
      svg('title', {}, `${name}: ${format(value)}`),
      svg('path', { d }),
      svg('circle', { cx: at(x(epoch)), cy: at(y(value)), r: 3 }),
    );
  });
  const figure = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title} after epoch ${last}: ${now}` },
    ...grid,
    svg('text', { x: LEFT, y: HEIGHT - 6 }, `epoch ${first}`),
    svg('text', { x: WIDTH - RIGHT, y: HEIGHT - 6, 'text-anchor': 'end' }, String(last)),
    ...lines,
  );
  const legend = curves.map(({ name, isHeldOut, points }) =>
    element('span', isHeldOut ? 'key held' : 'key', `${name} ${format(points.at(-1)?.[1] ?? NaN)}`),
  );
  return element('figure', '', element('figcaption', '', title, ' ', ...legend), figure);
}

const isAccuracy = (name: string): boolean => /(?:^|_)acc(?:uracy)?$/.test(name);
const isLoss = (name: string): boolean => /(?:^|_)loss$/.test(name);

/** The charts of the logs so far; none before the first epoch has ended. */
export function curveCharts(epochs: readonly LiveEpoch[]): HTMLElement[] {
  const charts = [
    ['Accuracy', curvesOf(epochs, isAccuracy), true],
    ['Loss', curvesOf(epochs, isLoss), false],
  ] as const;
  return charts.flatMap(([title, curves, isShare]) =>
    curves.some(({ points }) => points.length > 0) ? [chart(title, curves, isShare)] : [],
  );
}
