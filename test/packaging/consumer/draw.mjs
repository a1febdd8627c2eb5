// The library alone: no TensorFlow.js is installed where this runs.
import { recencyBias, selectorRegistry } from 'recency-bias';
import { selectorContract } from 'recency-bias/testing';

const run = { size: 64, classes: 3, epochs: 3, seed: 1 };
const selector = recencyBias({ window: 2, warmupEpochs: 1 })(run);
let drawn = 0;
for (let epoch = 1; epoch <= run.epochs; epoch++) {
  selector.beginEpoch(epoch);
  for (let batch = selector.select(16); batch !== null; batch = selector.select(16)) {
    drawn += batch.indices.length;
    selector.observe({ indices: batch.indices, predictedLabel: batch.indices.map((i) => (i + epoch) % 3) });
  }
}
for (const { run: check } of selectorContract({ factory: recencyBias({ warmupEpochs: 2 }) })) await check();
console.log(JSON.stringify({ drawn, selectors: Object.keys(selectorRegistry) }));
