import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { decodeState, encodeState, recencyBias } from 'recency-bias';
import type { RecencyBiasSelector } from 'recency-bias';

/**
 * How Recency Bias scales with the number of samples: an epoch's selection, a draw, an observation, memory, and the time to
 * save and load its state; beside NumPy's choice and torch.multinomial on the same machine in the same run.
 */
const SIZES = [50_000, 1_281_167, 20_000_000, 100_000_000];
const CLASSES = 1000;
const WINDOW = 10;
const BATCH = 128;
const EPOCHS = 100;
const WARMUP = 15;
/** Draws measured; the cost of an epoch with more is scaled up from them. */
const MOST_DRAWS = 1 << 22;
/** Samples observed at once while the windows fill. */
const BLOCK = 1 << 16;
/** Memory that a size needs at its peak, when its state is saved and loaded, in bytes a sample. */
const PEAK_BYTES = 75;

/** Share of predictions that are the sample's own label, of 256: easy, learning, uncertain and hard samples. */
const CONSTANCY = Int32Array.of(255, 230, 154, 77);

/** The answer of a network in training on a sample in its `round`-th pass: mostly its label, otherwise a lookalike. */
function predict(index: number, round: number): number {
  let hash = Math.imul(index ^ Math.imul(round, 0x85ebca6b), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  hash ^= hash >>> 13;
  const own = index % CLASSES;
  const constancy = CONSTANCY[Math.imul(index, 0x9e3779b1) >>> 30]!;
  return (hash & 255) < constancy ? own : (own + 1 + ((hash >>> 8) % 5)) % CLASSES;
}

function fill(selector: RecencyBiasSelector, size: number): void {
  for (let round = 0; round < WINDOW; round++) {
    for (let from = 0; from < size; from += BLOCK) {
      const indices = new Int32Array(Math.min(BLOCK, size - from)).map((_, i) => from + i);
      selector.observe({ indices, predictedLabel: indices.map((index) => predict(index, round)) });
    }
  }
}

interface Times {
  /** Milliseconds. */
  rebuild: number;
  /** Nanoseconds. */
  draw: number;
  /** Nanoseconds. */
  observation: number;
}

function epoch(selector: RecencyBiasSelector, size: number, number: number): Times {
  let from = performance.now();
  selector.beginEpoch(number);
  const rebuild = performance.now() - from;
  let draws = 0;
  let observations = 0;
  let count = 0;
  while (count < Math.min(size, MOST_DRAWS)) {
    from = performance.now();
    const { indices } = selector.select(BATCH)!;
    draws += performance.now() - from;
    count += indices.length;
    const predictedLabel = indices.map((index) => predict(index, number));
    from = performance.now();
    selector.observe({ indices, predictedLabel });
    observations += performance.now() - from;
  }
  return { rebuild, draw: (draws * 1e6) / count, observation: (observations * 1e6) / count };
}

function best(times: readonly Times[]): Times {
  const least = (of: keyof Times): number => Math.min(...times.map((one) => one[of]));
  return { rebuild: least('rebuild'), draw: least('draw'), observation: least('observation') };
}

/** Milliseconds that `action` takes, and what it gives. */
function timed<T>(action: () => T): [number, T] {
  const from = performance.now();
  const value = action();
  return [performance.now() - from, value];
}

function measure(size: number, repeats: number): { row: Record<string, string>; seconds: number } {
  const selector = recencyBias({ window: WINDOW, warmupEpochs: WARMUP })({
    size,
    classes: CLASSES,
    epochs: EPOCHS,
    seed: 1,
  });
  fill(selector, size);
  const times = best(Array.from({ length: repeats }, (_, n) => epoch(selector, size, WARMUP + 1 + n)));
  const saves = Array.from({ length: repeats }, () => timed(() => encodeState(selector.stateDict())));
  const bytes = saves[0]![1];
  const save = Math.min(...saves.map(([ms]) => ms));
  saves.length = 0;
  const [load] = timed(() => {
    selector.loadStateDict(decodeState(bytes));
  });
  const selection = times.rebuild + (times.draw * size) / 1e6;
  return {
    seconds: selection / 1000,
    row: {
      "epoch's selection": `${(selection / 1000).toFixed(3)} s`,
      'ns a draw': times.draw.toFixed(0),
      'ns an observation': times.observation.toFixed(0),
      'bytes a sample': (selector.byteLength / size).toFixed(1),
      save: `${(save / 1000).toFixed(3)} s`,
      load: `${(load / 1000).toFixed(3)} s`,
      'state, MB': (bytes.length / 1e6).toFixed(1),
    },
  };
}

interface Reference {
  /** Seconds of one choice(N, 128, replace=False, p). */
  readonly numpy: number;
  /** Seconds of one torch.multinomial(p, N, replacement=True), or what it says instead. */
  readonly torch: number | string;
}

/** The same in Python; null where NumPy is missing. */
function python(size: number): Reference | null {
  const program = `
import json, time, numpy as np
n = ${size}
p = np.random.RandomState(1).random_sample(n) + 0.01
p /= p.sum()
rng = np.random.RandomState(2)
repeats = max(1, min(40, 40_000_000 // n))
t = time.perf_counter()
for _ in range(repeats): rng.choice(n, ${BATCH}, replace=False, p=p)
numpy = (time.perf_counter() - t) / repeats
try:
    import torch
    torch.set_num_threads(1)
    q = torch.from_numpy(p)
    t = time.perf_counter()
    torch.multinomial(q, n, replacement=True)
    torch_s = time.perf_counter() - t
except ImportError: torch_s = 'not installed'
except RuntimeError as e: torch_s = str(e).split(chr(10))[0][:60]
print(json.dumps({'numpy': numpy, 'torch': torch_s}))`;
  const result = spawnSync('/usr/bin/python3', ['-c', program], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  return result.status === 0 ? (JSON.parse(result.stdout) as Reference) : null;
}

/** Bytes of memory that a process could get. */
function availableMemory(): number {
  try {
    const [, kilobytes] = /MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Another system than Linux.
  }
  return freemem();
}

export function run(): void {
  console.log(
    `Recency Bias, k = ${CLASSES}, window ${WINDOW}, batch ${BATCH}, one core. Of epochs longer than ${MOST_DRAWS} draws ` +
      'that many are measured and scaled up.',
  );
  const most = Number(process.env.BENCH_SCALE_MOST ?? Infinity);
  const rows: Record<string, Record<string, string>> = {};
  for (const size of SIZES.filter((candidate) => candidate <= most)) {
    const title = size.toLocaleString('en');
    const needed = size * PEAK_BYTES;
    if (availableMemory() < 1.5 * needed) {
      console.log(`N = ${title} is left out: it may need ${(needed / 2 ** 30).toFixed(1)} GiB of memory.`);
      continue;
    }
    const { row, seconds } = measure(size, size > 2e6 ? 1 : 5);
    const reference = python(size);
    rows[title] = row;
    if (reference === null) continue;
    const { numpy, torch } = reference;
    const total = numpy * Math.ceil(size / BATCH);
    row['NumPy choice, epoch'] = `${total.toFixed(total < 10 ? 2 : 0)} s (${(total / seconds).toFixed(0)}x)`;
    row['torch.multinomial(N)'] =
      typeof torch === 'string' ? torch : `${torch.toFixed(2)} s (${(torch / seconds).toFixed(1)}x)`;
  }
  console.table(rows);
  console.log(
    "NumPy: choice(N, 128, replace=False, p=p), scaled to the epoch's batches. torch: N draws with replacement in one call.",
  );
}
