/** Everything that is known of the samples of a run, for the terminal, the page and the exports. */
import type { ImageDataset } from '../data/image-dataset.js';
import { flippedSamples } from '../data/label-noise.js';
import type { LabelNoise } from '../data/label-noise.js';
import type { RunHeader } from '../records/schema.js';
import { galleries, isNeverLearnt, isUncertain } from './galleries.js';
import type { Gallery } from './galleries.js';
import { retrieval } from '../samples/ranking.js';
import type { Retrieval } from '../samples/ranking.js';
import type { LabelScore } from '../samples/label-scores.js';
import type { SampleTable } from '../samples/sample-table.js';
import { indicesWhere, likelyCount } from '../samples/suspects.js';

/** Counts over all samples. */
export interface InsightsSummary {
  readonly samples: number;
  /** Samples never trained. */
  readonly unseen: number;
  /** Samples whose window of predictions disagrees. */
  readonly uncertain: number;
  readonly suspects: number;
  /** The suspects, from the front of their order, whose labels are called likely wrong: all, where the accuracy is not known. */
  readonly likelyWrong: number;
  /** Share of the held-out samples that the network is right on, where it is known. */
  readonly accuracy?: number;
  /** Samples never predicted right, suspects included. */
  readonly neverLearnt: number;
  /** Samples forgotten at least once, and the most times that any was. */
  readonly forgotten: number;
  readonly mostTimesForgotten: number;
  /** Where labels were made wrong on purpose: how many, and how well the suspects find them. */
  readonly labelNoise?: Retrieval & { readonly wrong: number; readonly found: number };
}

/** A run with what it says of its samples. */
export interface Insights {
  readonly header: RunHeader;
  /** Whether the run has ended. */
  readonly complete: boolean;
  readonly table: SampleTable;
  readonly dataset: ImageDataset;
  readonly galleries: readonly Gallery[];
  /** Samples whose labels are called likely wrong. */
  readonly likely: ReadonlySet<number>;
  /** Samples whose labels were made wrong on purpose; empty where none were. */
  readonly wrong: ReadonlySet<number>;
  readonly summary: InsightsSummary;
}

/** Puts together what is known. */
export function insightsOf({
  labelNoise,
  rank,
  accuracy,
  ...facts
}: Pick<Insights, 'header' | 'complete' | 'table' | 'dataset'> & {
  readonly labelNoise: LabelNoise | undefined;
  /** The score that orders the suspects. Default: `confidence`. */
  readonly rank?: LabelScore | undefined;
  /** Share of the held-out samples that the network is right on. Default: not known. */
  readonly accuracy?: number | undefined;
}): Insights {
  const { table } = facts;
  const found = galleries(table, rank);
  const suspected = found.find(({ id }) => id === 'suspects')!.indices;
  const likelyWrong = likelyCount(suspected.length, accuracy);
  const forgotten = found.find(({ id }) => id === 'forgotten')!.indices;
  const wrong = new Set(labelNoise === undefined ? [] : flippedSamples(table.size, labelNoise));
  const [mostForgotten] = forgotten;
  return {
    ...facts,
    galleries: found,
    likely: new Set(suspected.slice(0, likelyWrong)),
    wrong,
    summary: {
      samples: table.size,
      unseen: indicesWhere(table, (index) => table.observed(index) === 0).length,
      uncertain: indicesWhere(table, (index) => isUncertain(table, index)).length,
      suspects: suspected.length,
      likelyWrong,
      ...(accuracy !== undefined && { accuracy }),
      neverLearnt: indicesWhere(table, (index) => isNeverLearnt(table, index)).length,
      forgotten: forgotten.length,
      mostTimesForgotten: mostForgotten === undefined ? 0 : table.timesForgotten(mostForgotten),
      ...(wrong.size > 0 && {
        labelNoise: {
          wrong: wrong.size,
          found: suspected.filter((index) => wrong.has(index)).length,
          ...retrieval(suspected, wrong),
        },
      }),
    },
  };
}
