import type { Observation, SelectorFactory, TrainingRun, Selector } from 'recency-bias';

type Predictions = Observation<'predictedLabel'>;

/** The same selector, with a listener that hears which labels the network predicts, also where the selector does not ask. */
export function overheard(
  factory: SelectorFactory<'predictedLabel'>,
  listen: (predictions: Predictions) => void,
): SelectorFactory<'predictedLabel'> {
  return (run: TrainingRun): Selector<'predictedLabel'> => {
    const inner = factory(run);
    return {
      name: inner.name,
      signals: ['predictedLabel'],
      beginEpoch: (epoch) => {
        inner.beginEpoch(epoch);
      },
      select: (batchSize, score) => inner.select(batchSize, score),
      observe: (predictions) => {
        if (inner.signals.length > 0) inner.observe(predictions);
        listen(predictions);
      },
      stateDict: () => inner.stateDict(),
      loadStateDict: (state) => {
        inner.loadStateDict(state);
      },
    };
  };
}
