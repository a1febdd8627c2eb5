import type { RecordedExperiment } from './experiment.js';
import type { EpochEvent, RunHeader, UncertainSample } from './schema.js';

/** A run record as read back from its directory. */
export interface Run {
  readonly header: RunHeader;
  /** One event an epoch in ascending order, the later of any repeated ones. */
  readonly epochs: readonly EpochEvent[];
  /** Empty until the run has ended. */
  readonly uncertainSamples: readonly UncertainSample[];
  /** Samples whose labels are likely wrong: the first ones, and how many there are. Absent until the run has ended. */
  readonly suspects?: { readonly samples: readonly UncertainSample[]; readonly count: number };
  /** Path of its insights.html, where that was made; in a report relative to the page. */
  readonly insights?: string;
  /** Whether the run has ended. */
  readonly complete: boolean;
}

/** A comparison as read back: for each seed one shared warm-up and one run a selector. */
export interface Comparison {
  /** The name given to the experiment. */
  readonly name: string;
  /** Directories it was read from. */
  readonly sources: readonly string[];
  /** The resolved experiment, with the selectors and seeds of all directories. */
  readonly experiment: RecordedExperiment;
  /** Selector labels in the order of the experiment. */
  readonly selectors: readonly string[];
  readonly seeds: readonly number[];
  /** Into how many shards its runs were dealt when last trained; absent where they were not. */
  readonly shards?: number;
  readonly warmups: readonly Run[];
  readonly runs: readonly Run[];
}
