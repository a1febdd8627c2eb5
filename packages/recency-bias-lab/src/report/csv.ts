/** CSV by RFC 4180, safe to open in a spreadsheet. */

/** Content of a field; lists are joined by spaces, null is empty. */
export type CsvValue = string | number | boolean | null | readonly (number | null)[];

/** The characters that spreadsheets take for the beginning of a formula, at the beginning of a field or after white space. */
const FORMULA = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠]/;

/**
 * Text that a spreadsheet shows as it is: labels and file names come from other people's data, and `=HYPERLINK(...)` in one would be
 * computed. An apostrophe in front says that it is text. Plain numbers stay.
 */
export function withoutFormula(text: string): string {
  const isNumber = text.trim() === text && Number.isFinite(Number(text));
  return FORMULA.test(text) && !isNumber ? `'${text}` : text;
}

/** One field. */
export function csvField(value: CsvValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text =
    typeof value === 'string' ? withoutFormula(value) : (value ?? []).map((item) => item ?? '-').join(' ');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line with its line feed. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\n`;
}
