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

export const REGIMES: readonly Regime[] = [
  { title: 'Base', cells: [BASE] },
  {
    title: 'Label noise',
    cells: [
      { preset: 'noise-uniform-10', title: '10 %, uniform' },
      { preset: 'noise-uniform-30', title: '30 %, uniform' },
      { preset: 'noise-confusable-10', title: '10 %, confusable' },
      { preset: 'noise-confusable-30', title: '30 %, confusable' },
    ],
  },
  {
    title: 'Imbalance',
    cells: [
      { preset: 'imbalance-10', title: '1:10' },
      { preset: 'imbalance-100', title: '1:100' },
    ],
  },
  {
    title: 'Redundancy',
    cells: [
      { preset: 'copies-2', title: '2 copies' },
      { preset: 'copies-4', title: '4 copies' },
      { preset: 'copies-10', title: '10 copies' },
    ],
  },
  {
    title: 'Classes',
    cells: [
      { preset: 'classes-3', title: '3 classes' },
      { preset: 'classes-5', title: '5 classes' },
    ],
  },
  {
    title: 'Capacity',
    cells: [
      { preset: 'width-half', title: 'half the width' },
      { preset: 'width-2', title: 'twice the width' },
      { preset: 'width-4', title: '4 times the width' },
    ],
  },
  {
    title: 'Budget',
    cells: [
      { preset: 'epochs-5', title: '5 epochs' },
      { preset: 'epochs-10', title: '10 epochs' },
      { preset: 'epochs-40', title: '40 epochs' },
      { preset: 'epochs-80', title: '80 epochs' },
    ],
  },
  {
    title: 'Rate',
    cells: [
      { preset: 'rate-half', title: 'half the rate' },
      { preset: 'rate-2', title: 'twice the rate' },
    ],
  },
];

/** The methods beside Random, by their labels in the presets. */
export const METHODS: readonly { readonly label: string; readonly title: string }[] = [
  { label: 'recency-bias', title: 'Recency Bias' },
  { label: 'online-batch', title: 'Online Batch' },
  { label: 'active-bias', title: 'Active Bias' },
  { label: 'info-batch', title: 'InfoBatch' },
  { label: 'random-pruning', title: 'Random pruning' },
  { label: 'rs2', title: 'RS2' },
];

/** Label of the baseline. */
export const RANDOM = 'random';
