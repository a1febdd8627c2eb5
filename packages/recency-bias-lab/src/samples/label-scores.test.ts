import { expect, it } from 'vitest';
import { LABEL_SCORES } from './label-scores.js';

/** Of each sample: confidence, mean loss, mean margin, variability. */
const rows = [
  [0.3, 1.2, -0.5, 0.4],
  [0.35, 1.5, -2, 0.1],
  [0.9, 0.1, 4, 0.05],
  [0.2, 1.6, -1, 0.5],
] as const;
const column = (at: 0 | 1 | 2 | 3) => (index: number) => rows[index]![at];
const table = { confidence: column(0), meanLoss: column(1), meanMargin: column(2), variability: column(3) };
const first = (name: keyof typeof LABEL_SCORES): number =>
  [0, 1, 2, 3].reduce((best, index) =>
    LABEL_SCORES[name](table, index)! > LABEL_SCORES[name](table, best)! ? index : best,
  );

it('each score puts the sample first that is worst by its definition', () => {
  expect(first('confidence')).toBe(3);
  expect(first('loss')).toBe(3);
  expect(first('margin')).toBe(1);
  // 0.7, 0.45, 0.95, 0.7: hard to learn is what is neither likely nor changing.
  expect(first('map')).toBe(1);
});

it('a score is null where the record does not hold it', () => {
  const older = { ...table, meanMargin: () => null, variability: () => null };
  expect(LABEL_SCORES.margin(older, 0)).toBeNull();
  expect(LABEL_SCORES.map(older, 0)).toBeNull();
  expect(LABEL_SCORES.loss(older, 0)).toBe(1.2);
});
