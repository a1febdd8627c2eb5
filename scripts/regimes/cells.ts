/** The map of regimes: its cells in order, each the record of one preset of packages/recency-bias-lab/presets/regimes/. */

/** One setting. */
export interface Cell {
  /** Name of the preset below `regimes/`; the record is `regimes-<name>`. */
  readonly preset: string;
  readonly title: string;
}

/** Settings that differ in one thing. */
export interface Regime {
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** The setting that all others differ from. */
export const BASE: Cell = { preset: 'base', title: 'common setting' };

/** Learning rates, from low to high: the base lies between. */
export const RATES: readonly string[] = ['rate-half', 'base', 'rate-2'];

/** The rows of the README's figure, chosen before the map was complete: of each regime a setting at its end. */
export const SHORT_ROWS: readonly string[] = [
  'common setting',
  '30 %, uniform',
  '1:100',
  '10 copies',
  '3 classes',
  '4 times the width',
  '5 epochs',
  'each at its best rate',
];

/** @param cells titles by preset */
function regime(title: string, cells: Readonly<Record<string, string>>): Regime {
  return { title, cells: Object.entries(cells).map(([preset, cell]) => ({ preset, title: cell })) };
}

const REGIMES: readonly Regime[] = [
  { title: 'Base', cells: [BASE] },
  regime('Label noise', {
    'noise-uniform-10': '10 %, uniform',
    'noise-uniform-30': '30 %, uniform',
    'noise-confusable-10': '10 %, confusable',
    'noise-confusable-30': '30 %, confusable',
  }),
  regime('Imbalance', { 'imbalance-10': '1:10', 'imbalance-100': '1:100' }),
  regime('Redundancy', { 'copies-2': '2 copies', 'copies-4': '4 copies', 'copies-10': '10 copies' }),
  regime('Classes', { 'classes-3': '3 classes', 'classes-5': '5 classes' }),
  regime('Capacity', {
    'width-half': 'half the width',
    'width-2': 'twice the width',
    'width-4': '4 times the width',
  }),
  regime('Budget', {
    'epochs-5': '5 epochs',
    'epochs-10': '10 epochs',
    'epochs-40': '40 epochs',
    'epochs-80': '80 epochs',
  }),
  regime('Rate', { 'rate-half': 'half the rate', 'rate-2': 'twice the rate' }),
];

/** A method beside Random, by its label in the presets. */
export interface MapMethod {
  readonly label: string;
  readonly title: string;
}

/** Settings and methods of which each setting has one record. */
export interface RegimeMap {
  /** Of the records, and of the presets' names. */
  readonly prefix: string;
  readonly regimes: readonly Regime[];
  readonly methods: readonly MapMethod[];
}

/** The map. */
export const MAP: RegimeMap = {
  prefix: 'regimes-',
  regimes: REGIMES,
  methods: [
    { label: 'recency-bias', title: 'Recency Bias' },
    { label: 'online-batch', title: 'Online Batch' },
    { label: 'active-bias', title: 'Active Bias' },
    { label: 'info-batch', title: 'InfoBatch' },
    { label: 'random-pruning', title: 'Random pruning' },
    { label: 'rs2', title: 'RS2' },
  ],
};

/** Settings in which the methods that came later were measured, chosen before their first run. */
const LATER_CELLS: readonly string[] = [
  'base',
  'noise-uniform-30',
  'noise-confusable-30',
  'imbalance-100',
  'copies-10',
  'classes-3',
  'width-4',
  'epochs-5',
  'rate-2',
];

/** The methods that came later, with a baseline of their own. */
export const LATER: RegimeMap = {
  prefix: 'regimes-later-',
  regimes: REGIMES.map(({ title, cells }) => ({
    title,
    cells: cells.filter(({ preset }) => LATER_CELLS.includes(preset)),
  })),
  methods: [
    { label: 'active-bias-window', title: 'Active Bias, window 5' },
    { label: 'dyn-unc', title: 'Dyn-Unc' },
    { label: 'dual', title: 'DUAL' },
    { label: 'seta', title: 'SeTa' },
    { label: 'online-batch-loss', title: 'Online Batch by batch losses' },
  ],
};

/** Label of the baseline. */
export const RANDOM = 'random';
