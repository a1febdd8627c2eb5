/** Text for the terminal. */
import pc from 'picocolors';
import type { Verdict } from './analysis/statistics.js';
import { largest } from '../ground/extremes.js';

/** Columns of the terminal that the table may use. */
export const TABLE_WIDTH = 100;

/** Puts text in a colour. */
export type Paint = (text: string) => string;
const plain: Paint = (text) => text;

/** Colour of a verdict. */
export function paint(verdict: Verdict): Paint {
  return verdict === 'lower' ? pc.green : verdict === 'higher' ? pc.red : plain;
}

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

/** Text of at most so many characters. */
export function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/**
 * Rows of cells as lines: the first column flush left, the others flush right; closer where space is short.
 * @param last Whether the last column is flush left, as words are.
 */
export function aligned(rows: readonly (readonly Cell[])[], last: 'left' | 'right' = 'left'): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => largest(rows.map((row) => row[i]!.text.length)));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const gap = [3, 2].find((space) => total + space * (columns - 1) <= TABLE_WIDTH) ?? 1;
  const room = TABLE_WIDTH - (total - (widths.at(-1) ?? 0)) - gap * (columns - 1);
  return rows.map((row) =>
    row
      .map(({ text, paint: paintCell = plain }, i) => {
        const space = ' '.repeat(widths[i]! - text.length);
        if (i === columns - 1 && last === 'left') return paintCell(clipped(text, room));
        return i === 0 ? paintCell(text) + space : space + paintCell(text);
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Breaks text into lines of at most TABLE_WIDTH columns. */
export function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && `${indent}${line} ${word}`.length > TABLE_WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part, i) => (i === 0 ? part : indent + part));
}
