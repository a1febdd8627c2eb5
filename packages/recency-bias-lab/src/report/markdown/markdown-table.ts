/** Tables in Markdown. */
import { printable } from '../printable.js';

/** Text of a label as the content of a cell: nothing in it ends the cell, the line or the table, or is markup. */
export function cellText(text: string): string {
  return printable(text).replaceAll(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`);
}

/** A label as code in a cell. */
export function cellCode(text: string): string {
  return `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** A Markdown table. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
