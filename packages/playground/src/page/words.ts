/** Whole numbers with separators: `5,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
