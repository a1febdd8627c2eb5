import type { Observation, Selector, SelectorFactory, TrainingRun } from 'recency-bias';

/** The signals that are heard of each batch. */
export type Heard = 'predictedLabel' | 'trueClassProbability';

/**
 * The same selector, with a listener that hears which labels the network predicts and how much it believes in the right
 * ones, also where the selector does not ask.
 */
export function overheard(
  factory: SelectorFactory<'predictedLabel'>,
  listen: (observation: Observation<Heard>) => void,
): SelectorFactory<Heard> {
  return (run: TrainingRun): Selector<Heard> => {
    const inner = factory(run);
    return {
      name: inner.name,
      signals: ['predictedLabel', 'trueClassProbability'],
      beginEpoch: (epoch) => {
        inner.beginEpoch(epoch);
      },
      select: (batchSize) => inner.select(batchSize, () => Promise.reject(new Error('nothing is scored'))),
      observe: (observation) => {
        if (inner.signals.length > 0) inner.observe(observation);
        listen(observation);
      },
      stateDict: () => inner.stateDict(),
      loadStateDict: (state) => {
        inner.loadStateDict(state);
      },
    };
  };
}
