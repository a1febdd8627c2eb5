/**
 * Colours of the selectors, shared by tables and charts. Slot 0 is the random baseline (neutral), slot 1 the selector
 * that the headline speaks of; the others follow in the order of the experiment. Hues follow Okabe and Ito's set for
 * colour-blind readers, darkened or lightened until they stand out from the page; lines differ in dashes too.
 */
export const LIGHT_COLORS: readonly string[] = [
  '#68707c',
  '#0b66c3',
  '#c24a05',
  '#07805a',
  '#9c3d8a',
  '#8a6100',
  '#2a7f9e',
  '#a3324a',
];

export const DARK_COLORS: readonly string[] = [
  '#a7afbb',
  '#5fb0ff',
  '#ff9453',
  '#3fcf9f',
  '#e295d2',
  '#e6bd4b',
  '#79cfe8',
  '#ff8fa3',
];

/** Line patterns by slot. */
export const DASHES: readonly ('solid' | number[])[] = [
  'solid',
  'solid',
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 4],
  [1, 3],
  [12, 4],
];

/** A slot within the palette, which repeats after its last colour. */
export function slotIndex(slot: number): number {
  return slot % LIGHT_COLORS.length;
}
