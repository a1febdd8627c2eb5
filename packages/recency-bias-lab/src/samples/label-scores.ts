/** Scores by which samples can be ordered: the higher, the likelier is the label wrong. */
import type { SampleTable } from './sample-table.js';

/** The columns that a score may read. */
type Scored = Pick<SampleTable, 'confidence' | 'meanLoss' | 'meanMargin' | 'variability'>;

/** Name -> score of a sample; null where the record does not hold it. */
export const LABEL_SCORES = {
  /** Low mean probability of the label (“confidence” of Swayamdipta et al. 2020). */
  confidence: (table: Scored, index: number) => negative(table.confidence(index)),
  /** High mean loss. */
  loss: (table: Scored, index: number) => table.meanLoss(index),
  /** Low mean margin: the area under the margin of Pleiss et al. 2020 (arXiv 2001.10528). */
  margin: (table: Scored, index: number) => negative(table.meanMargin(index)),
  /** Low confidence and low variability: the corner of the data map that its authors call hard to learn. */
  map: (table: Scored, index: number) => {
    const [confidence, variability] = [table.confidence(index), table.variability(index)];
    return confidence === null || variability === null ? null : -(confidence + variability);
  },
} as const satisfies Record<string, (table: Scored, index: number) => number | null>;

/** Name of a score. */
export type LabelScore = keyof typeof LABEL_SCORES;

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}
