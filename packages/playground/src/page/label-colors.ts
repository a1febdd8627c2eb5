/** A colour a digit, dark enough for white figures on it and light enough for a dark page. */
export const LABEL_COLORS: readonly string[] = [
  '#66717f',
  '#0b6bcb',
  '#c24a05',
  '#07805a',
  '#b0304f',
  '#7a4fd6',
  '#8a6100',
  '#0e7a92',
  '#b52fa6',
  '#55781c',
];

/** The same as red, green and blue. */
export const LABEL_RGB: readonly (readonly [number, number, number])[] = LABEL_COLORS.map((hex) => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
]);
