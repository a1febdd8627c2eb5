import { spawnSync } from 'node:child_process';
import {
  Random,
  activeBias,
  adaBoundary,
  infoBatch,
  onlineBatch,
  randomPruning,
  recencyBias,
  selfPaced,
  seta,
  uniform,
  windowedProbability,
} from 'recency-bias';
import type { Observation, OneStageSelector, TrainingRun } from 'recency-bias';

/**
 * The cost of batch selection for one epoch of ImageNet's size: the rebuild at its start, all draws and all observations, on
 * one core; and for Recency Bias the reference way of drawing (NumPy's `choice` without replacement) in the same run.
 */
const SIZE = 1_281_167;
const CLASSES = 1000;
const WINDOW = 10;
const BATCH = 128;
const EPOCHS = 100;
const WARMUP = 15;
const REPEATS = 5;
const NUMPY_DRAWS = 40;

/** Share of predictions that are the sample's own label: easy, learning, uncertain and hard samples. */
const CONSTANCY = [0.995, 0.9, 0.6, 0.3] as const;

/** The answer of a network in training on a sample: mostly its label, otherwise one of a few lookalikes. */
function predict(index: number, random: Random): number {
  const own = index % CLASSES;
  const constancy = CONSTANCY[Math.imul(index, 0x9e3779b1) >>> 30]!;
  return random.float() < constancy ? own : (own + 1 + random.int(5)) % CLASSES;
}

/** The network's answers on a batch; the columns are reused. */
class Network {
  readonly #random = new Random(2);
  readonly #columns = new Map<number, Omit<Observation, 'indices'>>();

  say(indices: Int32Array): Observation {
    const rows = indices.length;
    let columns = this.#columns.get(rows);
    if (columns === undefined) {
      columns = {
        loss: new Float32Array(rows),
        batchLoss: new Float32Array(rows).fill(1.5),
        predictedLabel: new Int32Array(rows),
        margin: new Float32Array(rows),
        trueClassProbability: new Float32Array(rows),
        gradNormBound: new Float32Array(rows),
        boundaryDistance: new Float32Array(rows),
      };
      this.#columns.set(rows, columns);
    }
    for (let row = 0; row < rows; row++) {
      const p = this.#random.float();
      columns.predictedLabel[row] = predict(indices[row]!, this.#random);
      columns.trueClassProbability[row] = p;
      columns.loss[row] = 3 * (1 - p);
      columns.boundaryDistance[row] = (p - 0.5) * 0.06;
    }
    return { indices, ...columns };
  }
}

interface Times {
  rebuild: number;
  draws: number;
  observations: number;
}

/** One epoch; the predictions are not timed, as they are the trainer's work. */
function epoch(selector: OneStageSelector, number: number, network: Network): Times {
  const times = { rebuild: 0, draws: 0, observations: 0 };
  let from = performance.now();
  selector.beginEpoch(number);
  times.rebuild = performance.now() - from;
  for (;;) {
    from = performance.now();
    const batch = selector.select(BATCH);
    times.draws += performance.now() - from;
    if (batch === null) return times;
    const observation = network.say(batch.indices);
    from = performance.now();
    selector.observe(observation);
    times.observations += performance.now() - from;
  }
}

const total = (times: Times): number => times.rebuild + times.draws + times.observations;

/** The fastest of a few epochs after the warm-up, every sample having been observed `WINDOW` times. */
function measure(selector: OneStageSelector): Times {
  const network = new Network();
  const all = Int32Array.from({ length: SIZE }, (_, i) => i);
  for (let round = 0; round < WINDOW; round++) selector.observe(network.say(all));
  let best: Times | undefined;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const times = epoch(selector, WARMUP + 1 + repeat, network);
    if (best === undefined || total(times) < total(best)) best = times;
  }
  return best!;
}

/** Seconds of one draw by NumPy with the selector's own probabilities; null where NumPy is missing. */
function numpySeconds(probabilities: Float64Array): number | null {
  const program = `
import sys, time, numpy as np
p = np.frombuffer(sys.stdin.buffer.read(), dtype='<f8'); p = p / p.sum()
rng = np.random.RandomState(1)
rng.choice(len(p), ${BATCH}, replace=False, p=p)
t = time.perf_counter()
for _ in range(${NUMPY_DRAWS}): rng.choice(len(p), ${BATCH}, replace=False, p=p)
print((time.perf_counter() - t) / ${NUMPY_DRAWS})`;
  const result = spawnSync('/usr/bin/python3', ['-c', program], {
    input: Buffer.from(probabilities.buffer),
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  return result.status === 0 ? Number(result.stdout) : null;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

export function run(): void {
  const batches = Math.ceil(SIZE / BATCH);
  const limit = 2 * WINDOW + 16;
  console.log(
    `One epoch: N = ${SIZE}, k = ${CLASSES}, batch ${BATCH}, window ${WINDOW}; best of ${REPEATS}. ` +
      `Recency Bias may take ${limit} bytes a sample.`,
  );
  const facts: TrainingRun = { size: SIZE, classes: CLASSES, epochs: EPOCHS, seed: 1 };
  const rows: Record<string, Record<string, string>> = {};
  const add = (title: string, times: Times, bytes?: number): void => {
    rows[title] = {
      rebuild: seconds(times.rebuild),
      'all draws': seconds(times.draws),
      'all observations': seconds(times.observations),
      epoch: seconds(total(times)),
      'µs a batch': ((total(times) * 1000) / batches).toFixed(1),
      'bytes a sample': bytes === undefined ? '' : (bytes / SIZE).toFixed(1),
    };
  };

  const selector = recencyBias({ window: WINDOW, warmupEpochs: WARMUP })(facts);
  const times = measure(selector);
  add('recencyBias()', times, selector.byteLength);
  const draw = numpySeconds(selector.probabilities());
  const live = recencyBias({ window: WINDOW, warmupEpochs: WARMUP, update: 'batch' })(facts);
  add("recencyBias({ update: 'batch' })", measure(live), live.byteLength);
  add('uniform()', measure(uniform()(facts)));
  add("uniform({ order: 'batch' })", measure(uniform({ order: 'batch' })(facts)));
  add('onlineBatch()', measure(onlineBatch({ warmupEpochs: WARMUP })(facts)));
  add('activeBias()', measure(activeBias({ warmupEpochs: WARMUP })(facts)));
  add(
    "activeBias({ form: 'sampling' })",
    measure(activeBias({ warmupEpochs: WARMUP, form: 'sampling' })(facts)),
  );
  add('windowedProbability()', measure(windowedProbability({ warmupEpochs: WARMUP })(facts)));
  add('adaBoundary()', measure(adaBoundary({ warmupEpochs: WARMUP })(facts)));
  add('infoBatch()', measure(infoBatch()(facts)));
  add('seta()', measure(seta()(facts)));
  add('selfPaced()', measure(selfPaced({ warmupEpochs: WARMUP })(facts)));
  add('randomPruning()', measure(randomPruning()(facts)));
  add('randomPruning({ cover: true })', measure(randomPruning({ cover: true })(facts)));
  console.table(rows);

  if (draw === null) {
    console.log(
      'NumPy is not installed for /usr/bin/python3: comparison skipped (apt-get install python3-numpy).',
    );
    return;
  }
  const reference = draw * batches;
  console.log(
    `NumPy choice(N, ${BATCH}, replace=False, p=p): ${(draw * 1000).toFixed(1)} ms a batch (mean of ${NUMPY_DRAWS}), ` +
      `${reference.toFixed(0)} s for the epoch's ${batches} batches (scaled), the draws alone.`,
  );
  console.log(
    `recencyBias() with everything included is ${((reference * 1000) / total(times)).toFixed(0)} times faster.`,
  );
}
