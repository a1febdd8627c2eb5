/**
 * The map as a picture: a row a setting, a column a method, and in each cell the difference of the test error from Random in points
 * with its interval. Colour repeats what the numbers say; light and dark follow the reader's system.
 */
import { percent, points } from '../../packages/recency-bias-lab/src/report/format.js';
import type { PairedDifference } from '../../packages/recency-bias-lab/src/report/analysis/statistics.js';
import type { Row } from './analysis.js';
import { MAP } from './cells.js';
import { isBeyondNoise } from './table.js';

const LEFT = 248;
/** Where the titles of the settings begin. */
const SETTING = 114;
const COLUMN = 112;
const HEAD = 64;
const ROW = 36;
const GAP = 8;
/** A difference of so many points has the full colour. */
const FULL = 2;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .small { font-size: 10.5px; fill: #4b535d; }
  .bold { font-weight: 700; }
  .lower { fill: #0b6bcb; } .higher { fill: #c24a05; } .none { fill: #8b949e; }
  .frame { fill: none; stroke: #1f2328; stroke-width: 1.6; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #b3bcc6; }
    .lower { fill: #4ea1ff; } .higher { fill: #ff8f4d; } .none { fill: #6e7681; }
    .frame { stroke: #e6edf3; }
  }`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function text(x: number, y: number, content: string, options = ''): string {
  return `<text x="${x}" y="${y}"${options}>${escaped(content)}</text>`;
}

function cellAt(x: number, y: number, one: PairedDifference | null): string {
  const box = `x="${x + 2}" y="${y + 2}" width="${COLUMN - 4}" height="${ROW - 4}" rx="4"`;
  const middle = x + COLUMN / 2;
  if (one?.mean == null) {
    return `<rect ${box} class="none" fill-opacity="0.08"/>${text(middle, y + 22, 'not run', ' class="small" text-anchor="middle"')}`;
  }
  const strength = Math.min(1, Math.abs(100 * one.mean) / FULL);
  const fill = `<rect ${box} class="${one.mean < 0 ? 'lower' : 'higher'}" fill-opacity="${(0.06 + 0.44 * strength).toFixed(2)}"/>`;
  const beyond = isBeyondNoise(one);
  const ends = [one.low, one.high].map((end) => (end === null ? '' : points(end)));
  return [
    fill,
    ...(beyond ? [`<rect ${box} class="frame"/>`] : []),
    text(middle, y + 16, points(one.mean), ` text-anchor="middle"${beyond ? ' class="bold"' : ''}`),
    text(middle, y + 29, ends.join(' to '), ' class="small" text-anchor="middle"'),
  ].join('');
}

/** The picture as SVG. */
export function regimeFigure(rows: readonly Row[]): string {
  const width = LEFT + MAP.methods.length * COLUMN + 8;
  const parts: string[] = [];
  let y = HEAD;
  let regime = '';
  for (const { regime: own, title, random, differences } of rows) {
    if (own !== regime && regime !== '') y += GAP;
    if (own !== regime) parts.push(text(8, y + 22, own, ' class="bold"'));
    regime = own;
    parts.push(text(SETTING, y + 16, title));
    if (random !== null) {
      parts.push(text(SETTING, y + 29, `Random ${percent(random.mean, 1)} %`, ' class="small"'));
    }
    differences.forEach((one, column) => parts.push(cellAt(LEFT + column * COLUMN, y, one)));
    y += ROW;
  }
  const heads = MAP.methods.map(({ title }, column) =>
    text(LEFT + (column + 0.5) * COLUMN, HEAD - 10, title, ' class="bold" text-anchor="middle"'),
  );
  const run = rows.filter(({ random }) => random !== null).length;
  const description =
    `Difference of the test error from Random in points, with its 95 % interval, for ${MAP.methods.length} methods in ${rows.length} settings, of which ` +
    `${run} have been run. A frame and bold numbers mark intervals that exclude zero. docs/regimes.md has the numbers as a table.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 8}" width="${width}" role="img" aria-labelledby="title description">
<title id="title">Where choosing batches pays</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}
</style>
${text(8, 20, 'Test error against random batches, points. Blue: lower. Orange: higher. Framed: beyond the noise of five seeds.')}
${heads.join('\n')}
${parts.join('\n')}
</svg>
`;
}
