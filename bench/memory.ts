import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodeState, selectorRegistry } from 'recency-bias';
import type { Observation, Selector, SelectorDefinition, TrainingRun } from 'recency-bias';

/**
 * Memory that each selector keeps, and the size of its saved state, in bytes a sample: at ImageNet's size, in an epoch after
 * the warm-up, every sample having been observed as often as a window holds.
 */
const RUN: TrainingRun = { size: 1_281_167, classes: 1000, epochs: 100, seed: 1 };
const WINDOW = 10;
const WARMUP = 15;
const BATCH = 128;
const BATCHES = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of all typed arrays alive. */
async function arrayBytes(): Promise<number> {
  for (let n = 0; n < 3; n++) {
    collectGarbage();
    await setTimeout(20); // buffers are given back some time after
  }
  return process.memoryUsage().arrayBuffers;
}

/** Answers of a network on samples: labels that change in one of four predictions, losses to match. */
function say(indices: Int32Array, round: number): Observation {
  const share = (index: number): number =>
    ((Math.imul(index + 1, 0x9e3779b1) ^ (round * 0x85ebca6b)) >>> 8) / 2 ** 24;
  const p = Float32Array.from(indices, share);
  return {
    indices,
    predictedLabel: indices.map((index) => (index + (share(index) < 0.25 ? round : 0)) % RUN.classes),
    margin: p,
    trueClassProbability: p,
    batchLoss: new Float32Array(indices.length).fill(1.5),
    loss: p.map((value) => 3 * (1 - value)),
    gradNormBound: p,
    boundaryDistance: p.map((value) => (value - 0.5) * 0.06),
  };
}

async function train(selector: Selector, epoch: number): Promise<void> {
  selector.beginEpoch(epoch);
  for (let batch = 0; batch < BATCHES; batch++) {
    const selection = await selector.select(BATCH, (indices) => Promise.resolve(say(indices, epoch)));
    if (selection !== null) selector.observe(say(selection.indices.slice(), epoch));
  }
}

interface Sizes {
  readonly kept: number;
  readonly saved: number;
}

async function measure({ create, inputs }: SelectorDefinition): Promise<Sizes> {
  const before = await arrayBytes();
  const input = Object.fromEntries(inputs.map((option) => [option, new Float32Array(RUN.size)]));
  const selector = create(input)(RUN);
  const block = new Int32Array(1 << 16);
  for (let round = 0; round < WINDOW; round++) {
    for (let from = 0; from < RUN.size; from += block.length) {
      const indices = block.map((_, i) => from + i).subarray(0, Math.min(block.length, RUN.size - from));
      selector.observe(say(indices, round));
    }
  }
  await train(selector, WARMUP + 1);
  const kept = (await arrayBytes()) - before;
  return { kept, saved: encodeState(selector.stateDict()).length };
}

export async function run(): Promise<void> {
  const rows: Record<string, Record<string, string>> = {};
  for (const entry of Object.values(selectorRegistry)) {
    const { kept, saved } = await measure(entry);
    rows[entry.name] = {
      'bytes a sample': (kept / RUN.size).toFixed(1),
      'saved, bytes a sample': (saved / RUN.size).toFixed(1),
    };
  }
  console.log(
    `N = ${RUN.size}, k = ${RUN.classes}, window ${WINDOW}: what is kept after the start of an adaptive epoch.`,
  );
  console.table(rows);
}
