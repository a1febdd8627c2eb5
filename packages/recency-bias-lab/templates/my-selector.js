// A batch-selection method of your own: each epoch trains every sample once, samples of high loss early.
// `recency-bias` and `@tensorflow/tfjs` are those of the command line; nothing needs to be installed beside this file.
import { defineSelector, LatestValues, option } from 'recency-bias';

export default defineSelector({
  name: 'hard-first',
  title: 'Hard First',
  paper: 'an example',
  signals: ['loss'],
  options: {
    // How strongly the loss decides the order; 0 is a plain permutation.
    strength: option.number(1, 0),
  },
  make({ size }, { strength }, epoch) {
    const losses = new LatestValues(size, 1); // of each sample the loss when it was trained last; 1 before
    return {
      ordered: 'all',
      memory: { losses },
      begin() {
        // Exponential variates over weights, ascending, are successive weighted draws (Efraimidis and Spirakis 2006).
        const keys = Float64Array.from(
          losses.values,
          (loss) => -Math.log(1 - epoch.random.float()) / Math.max(loss, 1e-6) ** strength,
        );
        epoch.order.start(Int32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]));
      },
      learn({ indices, loss }) {
        losses.record(indices, loss);
      },
    };
  },
});
