/** Colours of the charts in light and dark. */
import { DARK_COLORS, LIGHT_COLORS, slotIndex } from '../palette.js';

export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  /** Shade of the warm-up. */
  readonly shade: string;
  readonly color: (slot: number) => string;
  /** Scale of the heat maps, from few to many. */
  readonly heat: readonly string[];
}

export const LIGHT: Theme = {
  text: '#1c2127',
  muted: '#59616c',
  line: '#e3e5e8',
  surface: '#ffffff',
  shade: 'rgba(100, 110, 125, 0.09)',
  color: (slot) => LIGHT_COLORS[slotIndex(slot)]!,
  heat: ['#eef4fb', '#bcd7f0', '#76add9', '#3179b5', '#12477f', '#08264a'],
};

export const DARK: Theme = {
  text: '#e8ebef',
  muted: '#a5aeba',
  line: '#333a43',
  surface: '#1b1f25',
  shade: 'rgba(170, 185, 205, 0.09)',
  color: (slot) => DARK_COLORS[slotIndex(slot)]!,
  heat: ['#1d2a3a', '#1f4468', '#2b6ca3', '#529cd6', '#9accf3', '#eaf6ff'],
};
