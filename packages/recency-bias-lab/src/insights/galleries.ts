/** The samples worth a look, in four galleries. */
import { LABEL_SCORES } from '../samples/label-scores.js';
import type { LabelScore } from '../samples/label-scores.js';
import type { SampleTable } from '../samples/sample-table.js';
import { indicesWhere, isSuspect, suspects } from '../samples/suspects.js';

/** A kind of samples, the most pronounced first. */
export interface Gallery {
  readonly id: 'uncertain' | 'suspects' | 'never-learnt' | 'forgotten';
  readonly title: string;
  /** The choice of samples in words, for the reader. */
  readonly note: string;
  /** Said when there are none. */
  readonly empty: string;
  /** All of them, in the order in which they are shown. */
  readonly indices: readonly number[];
}

/** Whether the sample was seen and never once predicted right. */
export function isNeverLearnt(table: SampleTable, index: number): boolean {
  return table.observed(index) > 0 && table.epochLearnt(index) === null;
}

/** Whether the predictions in the window disagree. */
export function isUncertain(table: SampleTable, index: number): boolean {
  return table.history.count(index) > 0 && table.uncertainty(index) > 0;
}

/** Comparison by values in descending order; of equals the lower index first. */
function by(...values: ((index: number) => number)[]): (a: number, b: number) => number {
  return (a, b) => {
    for (const value of values) {
      const difference = value(b) - value(a);
      if (difference !== 0) return difference;
    }
    return a - b;
  };
}

/** The order of the suspects in words, by the score that orders them. */
const FIRST: Readonly<Record<LabelScore, string>> = {
  confidence: 'The least probable first.',
  loss: 'The highest mean loss first.',
  margin: 'The lowest mean margin first.',
  map: 'The lowest confidence and variability first.',
};

/** The suspects, ordered by a score. */
function ranked(table: SampleTable, rank: LabelScore): number[] {
  const found = suspects(table);
  return rank === 'confidence' ? found : found.sort(by((index) => LABEL_SCORES[rank](table, index) ?? 0));
}

/**
 * The four galleries of a run.
 * @param rank what orders the suspects; default `confidence`
 */
export function galleries(table: SampleTable, rank: LabelScore = 'confidence'): Gallery[] {
  const neverLearnt = indicesWhere(table, (index) => isNeverLearnt(table, index));
  const others = neverLearnt.filter((index) => !isSuspect(table, index));
  const shared = neverLearnt.length - others.length;
  return [
    {
      id: 'uncertain',
      title: 'Uncertain at the moment',
      note: 'The last predictions disagree most: ambiguous images, or those that the network is just learning. Recency Bias draws these more often.',
      empty: 'None: all windows of predictions agree within themselves.',
      indices: indicesWhere(table, (index) => isUncertain(table, index)).sort(
        by(
          (index) => table.uncertainty(index),
          (index) => table.timesDrawn[index]!,
        ),
      ),
    },
    {
      id: 'suspects',
      title: 'Settled against the label',
      note: `Suspects: more than half of the window agrees on one other label, and over the whole run the network gave the sample’s own label less probability than a guess would (1 in ${table.classes}). ${FIRST[rank]}`,
      empty: 'None: the network has not settled on another label than the given one for any sample.',
      indices: ranked(table, rank),
    },
    {
      id: 'never-learnt',
      title: 'Never learnt',
      note: `Never once predicted right while training${shared > 0 ? '; those that are suspects are left out here' : ''}. The most often trained first.`,
      empty:
        shared > 0
          ? 'None but suspects, which are shown above.'
          : 'None: every sample was predicted right at least once.',
      indices: others.sort(
        by(
          (index) => table.observed(index),
          (index) => table.meanLoss(index) ?? 0,
        ),
      ),
    },
    {
      id: 'forgotten',
      title: 'Forgotten most',
      note: 'Predicted right, then wrong the next time, again and again.',
      empty: 'None: what was once predicted right stayed right.',
      indices: indicesWhere(table, (index) => table.timesForgotten(index) > 0).sort(
        by(
          (index) => table.timesForgotten(index),
          (index) => table.uncertainty(index),
        ),
      ),
    },
  ];
}
