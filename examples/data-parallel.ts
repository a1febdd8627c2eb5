/**
 * Data-parallel training with worker threads. Every worker has a selector of its own, made with the same seed, so all of them
 * draw the same global batch without a word; each trains its share of it. Gradients are summed over the workers, and so
 * are predictions gathered: every selector observes the whole batch, and all stay identical.
 *
 * `npm run example data-parallel` trains the same softmax regression with 1, 2 and 4 workers and prints what each arrives
 * at.
 */
import { createHash } from 'node:crypto';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { Random, encodeState, recencyBias } from 'recency-bias';

const SIZE = 600;
const CLASSES = 3;
const FEATURES = 4;
const EPOCHS = 8;
const BATCH = 50;
const SEED = 7;
const RATE = 0.5;
const PARAMETERS = CLASSES * FEATURES;

/**
 * The batch is cut into as many slices whatever the number of workers, and their gradients are added in the same order, so
 * that not even the last bit of the sum depends on it.
 */
const SLICES = 4;

/** Memory that all workers of a run share. */
interface Shared {
  /** Gradients by slice. */
  readonly gradients: SharedArrayBuffer;
  /** Predicted labels by row of the batch. */
  readonly labels: SharedArrayBuffer;
  /** Workers that have arrived at the barrier, and how often it has opened. */
  readonly barrier: SharedArrayBuffer;
}

interface Task {
  readonly rank: number;
  readonly workers: number;
  readonly shared: Shared;
}

/** The result of a worker. */
export interface Outcome {
  readonly workers: number;
  readonly rank: number;
  /** Samples that this worker trained. */
  readonly trained: number;
  /** Digests of all global batches, of the selector's state and of the model's parameters. */
  readonly batches: string;
  readonly selector: string;
  readonly parameters: string;
  readonly accuracy: number;
}

/** Three noisy clusters; every worker makes the same. */
function makeData(): { features: Float64Array; labels: Int32Array } {
  const random = new Random(SEED).split('data');
  const labels = Int32Array.from({ length: SIZE }, (_, i) => i % CLASSES);
  const features = new Float64Array(SIZE * FEATURES);
  labels.forEach((label, i) => {
    for (let f = 0; f < FEATURES; f++) {
      const noise = random.float() + random.float() + random.float() - 1.5;
      features[i * FEATURES + f] = f === FEATURES - 1 ? 1 : (f === label ? 0.6 : 0) + noise;
    }
  });
  return { features, labels };
}

/** Waits until all workers are here. */
function wait(barrier: Int32Array, workers: number): void {
  const opened = Atomics.load(barrier, 1);
  if (Atomics.add(barrier, 0, 1) === workers - 1) {
    Atomics.store(barrier, 0, 0);
    Atomics.add(barrier, 1, 1);
    Atomics.notify(barrier, 1);
  } else {
    while (Atomics.load(barrier, 1) === opened) Atomics.wait(barrier, 1, opened);
  }
}

function softmax(parameters: Float64Array, features: Float64Array, index: number): Float64Array {
  const scores = new Float64Array(CLASSES);
  for (let c = 0; c < CLASSES; c++) {
    for (let f = 0; f < FEATURES; f++) {
      scores[c]! += parameters[c * FEATURES + f]! * features[index * FEATURES + f]!;
    }
  }
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

function train({ rank, workers, shared }: Task): Outcome {
  const { features, labels } = makeData();
  const gradients = new Float64Array(shared.gradients);
  const predicted = new Int32Array(shared.labels);
  const barrier = new Int32Array(shared.barrier);
  const parameters = new Float64Array(PARAMETERS);
  const selector = recencyBias({ window: 4, warmupEpochs: 2 })({
    size: SIZE,
    classes: CLASSES,
    epochs: EPOCHS,
    seed: SEED,
  });
  const batches = createHash('sha256');
  let trained = 0;

  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    selector.beginEpoch(epoch);
    for (let batch = selector.select(BATCH); batch !== null; batch = selector.select(BATCH)) {
      const { indices } = batch;
      batches.update(indices);
      for (let slice = rank; slice < SLICES; slice += workers) {
        const gradient = gradients.subarray(slice * PARAMETERS, (slice + 1) * PARAMETERS).fill(0);
        const end = Math.floor(((slice + 1) * indices.length) / SLICES);
        for (let row = Math.floor((slice * indices.length) / SLICES); row < end; row++) {
          const index = indices[row]!;
          const p = softmax(parameters, features, index);
          predicted[row] = p.indexOf(Math.max(...p));
          for (let at = 0; at < PARAMETERS; at++) {
            const c = Math.floor(at / FEATURES);
            const residual = p[c]! - (c === labels[index] ? 1 : 0);
            gradient[at]! += (residual * features[index * FEATURES + (at % FEATURES)]!) / indices.length;
          }
          trained++;
        }
      }
      wait(barrier, workers);
      for (let slice = 0; slice < SLICES; slice++) {
        for (let at = 0; at < PARAMETERS; at++) parameters[at]! -= RATE * gradients[slice * PARAMETERS + at]!;
      }
      selector.observe({ indices, predictedLabel: predicted.slice(0, indices.length) });
      // No one may begin the next batch while another still reads this one's.
      wait(barrier, workers);
    }
  }

  let right = 0;
  labels.forEach((label, index) => {
    const p = softmax(parameters, features, index);
    if (p.indexOf(Math.max(...p)) === label) right++;
  });
  const digest = (bytes: Uint8Array | Float64Array): string =>
    createHash('sha256').update(bytes).digest('hex');
  return {
    workers,
    rank,
    trained,
    batches: batches.digest('hex'),
    selector: digest(encodeState(selector.stateDict())),
    parameters: digest(parameters),
    accuracy: right / SIZE,
  };
}

/** Trains with so many workers, 1, 2 or 4; the outcome of each. */
export function trainWith(workers: number): Promise<Outcome[]> {
  const shared: Shared = {
    gradients: new SharedArrayBuffer(8 * SLICES * PARAMETERS),
    labels: new SharedArrayBuffer(4 * BATCH),
    barrier: new SharedArrayBuffer(8),
  };
  const runOne = (rank: number): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { rank, workers, shared } });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  return Promise.all(Array.from({ length: workers }, (_, rank) => runOne(rank)));
}

/** Prints the outcome of every worker of runs with 1, 2 and 4 of them. */
export async function run(): Promise<void> {
  for (const workers of [1, 2, 4]) {
    for (const outcome of await trainWith(workers)) console.log(JSON.stringify(outcome));
  }
}

if (parentPort !== null) parentPort.postMessage(train(workerData as Task));
