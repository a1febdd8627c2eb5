import { spawnSync } from 'node:child_process';
import { Random, recencyBias } from 'recency-bias';
import type { RecencyBiasSelector } from 'recency-bias';

/**
 * The cost of Recency Bias for one epoch of ImageNet's size: all draws, all observations and the rebuild of the table, on
 * one core, against the reference way of drawing (NumPy's `choice` without replacement) in the same run.
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

/** What a network in training says about a sample: mostly its label, otherwise one of a few lookalikes. */
function predict(index: number, random: Random): number {
  const own = index % CLASSES;
  const constancy = CONSTANCY[Math.imul(index, 0x9e3779b1) >>> 30]!;
  return random.float() < constancy ? own : (own + 1 + random.int(5)) % CLASSES;
}

function observeBatch(selector: RecencyBiasSelector, indices: Int32Array, labels: Int32Array): void {
  const rows = indices.length;
  selector.observe({ indices, predictedLabel: rows === labels.length ? labels : labels.slice(0, rows) });
}

function filled(update: 'epoch' | 'batch'): RecencyBiasSelector {
  const factory = recencyBias({ window: WINDOW, warmupEpochs: WARMUP, update });
  const selector = factory({ size: SIZE, classes: CLASSES, epochs: EPOCHS, seed: 1 });
  const random = new Random(2);
  const indices = Int32Array.from({ length: SIZE }, (_, i) => i);
  const labels = new Int32Array(SIZE);
  for (let round = 0; round < WINDOW; round++) {
    for (let i = 0; i < SIZE; i++) labels[i] = predict(i, random);
    selector.observe({ indices, predictedLabel: labels });
  }
  return selector;
}

interface Times {
  rebuild: number;
  draws: number;
  observations: number;
}

/** One epoch; the predictions are made beforehand, as they are the trainer's work. */
function epoch(selector: RecencyBiasSelector, number: number, random: Random): Times {
  const times = { rebuild: 0, draws: 0, observations: 0 };
  let from = performance.now();
  selector.beginEpoch(number);
  times.rebuild = performance.now() - from;
  const labels = new Int32Array(BATCH);
  for (;;) {
    from = performance.now();
    const batch = selector.select(BATCH);
    times.draws += performance.now() - from;
    if (batch === null) return times;
    const { indices } = batch;
    for (let row = 0; row < indices.length; row++) labels[row] = predict(indices[row]!, random);
    from = performance.now();
    observeBatch(selector, indices, labels);
    times.observations += performance.now() - from;
  }
}

const total = (times: Times): number => times.rebuild + times.draws + times.observations;

function measure(update: 'epoch' | 'batch'): {
  readonly best: Times;
  readonly selector: RecencyBiasSelector;
} {
  const selector = filled(update);
  const random = new Random(3);
  let best: Times | undefined;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const times = epoch(selector, WARMUP + 1 + repeat, random);
    if (best === undefined || total(times) < total(best)) best = times;
  }
  return { best: best!, selector };
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
  console.log(
    `Recency Bias, one epoch: N = ${SIZE}, k = ${CLASSES}, q = ${WINDOW}, batch ${BATCH} (best of ${REPEATS})`,
  );
  const rows: Record<string, Record<string, string>> = {};
  let epochMs = 0;
  let probabilities: Float64Array | null = null;
  for (const update of ['epoch', 'batch'] as const) {
    const { best, selector } = measure(update);
    if (update === 'epoch') {
      epochMs = total(best);
      probabilities = selector.probabilities();
    }
    rows[`update: '${update}'`] = {
      'all draws': seconds(best.draws),
      'all observations': seconds(best.observations),
      rebuild: seconds(best.rebuild),
      epoch: seconds(total(best)),
      'µs a batch': ((total(best) * 1000) / batches).toFixed(1),
      'bytes a sample': (selector.byteLength / SIZE).toFixed(2),
      limit: `${2 * WINDOW + 16}`,
    };
  }
  console.table(rows);

  const draw = numpySeconds(probabilities!);
  if (draw === null) {
    console.log(
      'NumPy is not installed for /usr/bin/python3: comparison skipped (apt-get install python3-numpy).',
    );
    return;
  }
  const reference = draw * batches;
  console.log(
    `NumPy choice(N, ${BATCH}, replace=False, p=p): ${(draw * 1000).toFixed(1)} ms a batch (mean of ${NUMPY_DRAWS}), ` +
      `${reference.toFixed(0)} s for the epoch's ${batches} batches (scaled), for the draws alone.`,
  );
  console.log(
    `Recency Bias with update: 'epoch', everything included: ${((reference * 1000) / epochMs).toFixed(0)} times faster.`,
  );
}
