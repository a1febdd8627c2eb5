/**
 * Writes a made-up comparison in the real record format, for tests of the report: smooth curves with seeded noise, not
 * the outcome of any training.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thumbnails } from '../../src/data/thumbnail.js';
import { LOSS_BIN_EDGES, UNCERTAINTY_BINS } from '../../src/records/schema.js';
import type { EpochEvent, RunEvent, RunHeader, UncertainSample } from '../../src/records/schema.js';
import { epochEvent, header, TIME } from './records.js';

/** The comparison to write. */
export interface SyntheticOptions {
  /** Labels, which are method names too unless given in `methods`. */
  readonly selectors?: readonly string[];
  readonly methods?: Readonly<Record<string, string>>;
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly warmupEpochs?: number;
  readonly classNames?: readonly string[];
  readonly name?: string;
  readonly cpu?: string;
  /** Epoch after which a run stops without having ended; Infinity for complete runs, 0 for one not begun. */
  readonly stopAt?: (selector: string, seed: number) => number;
}

/** A small seeded generator (a linear congruential one, constants of Numerical Recipes): enough for made-up data. */
function generator(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const jsonl = (events: readonly RunEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Counts of a bell over bins. */
function bell(length: number, centre: number, width: number, total: number): number[] {
  return Array.from({ length }, (_, i) => Math.round(total * Math.exp(-(((i - centre) / width) ** 2)) * 0.4));
}

/** A ring somewhere in the middle. */
function ring(random: () => number): number[] {
  const [x, y] = [8 + 12 * random(), 8 + 12 * random()];
  return Array.from({ length: 28 * 28 }, (_, i) => {
    const distance = Math.hypot((i % 28) - x, Math.floor(i / 28) - y);
    return Math.max(0, Math.min(255, 255 - 90 * Math.abs(distance - 6)));
  });
}

/** As data URIs. */
function pictures(rings: readonly number[][]): Promise<string[]> {
  const train = {
    size: rings.length,
    images: Uint8Array.from(rings.flat()),
    labels: new Int32Array(rings.length),
  };
  const dataset = {
    name: 'rings',
    imageShape: [28, 28, 1] as const,
    classes: 1,
    classNames: ['ring'],
    train,
    test: train,
  };
  return thumbnails(dataset, [...rings.keys()]);
}

async function samples(classes: number, random: () => number): Promise<UncertainSample[]> {
  const rings: number[][] = [];
  const made = Array.from({ length: 12 }, (_, i) => {
    const candidates = Array.from({ length: 4 }, () => Math.floor(classes * random()));
    const window = Array.from({ length: 10 }, () => candidates[Math.floor(4 * random())]!);
    const counts = new Map<number, number>();
    for (const label of window) counts.set(label, (counts.get(label) ?? 0) + 1);
    let uncertainty = 0;
    for (const count of counts.values()) {
      uncertainty -= ((count / 10) * Math.log(count / 10)) / Math.log(classes);
    }
    const timesDrawn = 10 + Math.floor(40 * random());
    rings.push(ring(random));
    return { index: 37 * i + 5, label: candidates[0]!, window, uncertainty, timesDrawn };
  });
  const images = await pictures(rings);
  return made
    .map((sample, i) => ({ ...sample, image: images[i]! }))
    .sort((a, b) => b.uncertainty - a.uncertainty);
}

function event(
  { selector, warmupEpochs, epochs, seed }: RunHeader,
  rank: number,
  epoch: number,
  random: () => number,
): EpochEvent {
  const warm = epoch <= warmupEpochs;
  const gain = warm ? 1 : 1 - 0.02 * rank;
  const progress = epoch / epochs;
  const error = (0.012 + 0.09 * Math.exp(-9 * progress)) * gain * (1 + 0.04 * (random() - 0.5)) + seed * 1e-4;
  const testError = Math.round(error * 10000) / 10000;
  const pressure = warm ? 1 : 100 ** (1 - (epoch - warmupEpochs) / (epochs - warmupEpochs));
  const biased = selector !== 'uniform' && !warm;
  return epochEvent(epoch, testError, {
    trainLoss: error * (biased ? 5 : 3),
    probeLoss: error * 2.8 * gain,
    trainSeconds: 3.1 * epoch * (1 + 0.03 * rank),
    trainedSamples: 60000 * epoch,
    selection: {
      uncertaintyHistogram: bell(UNCERTAINTY_BINS, -1, 1.5 + 6 * Math.exp(-4 * progress), 60000),
      effectiveSampleSize: biased ? 1 / (1 + Math.log(pressure) / 3) : 1,
      distinctShare: biased ? 1 - 0.1 * Math.log(pressure) : 1,
      selectedLossHistogram: bell(LOSS_BIN_EDGES.length + 1, 24 - 10 * progress + (biased ? 6 : 0), 9, 60000),
    },
  });
}

async function writeRun(dir: string, made: RunHeader, events: readonly RunEvent[]): Promise<void> {
  const runDir = join(dir, made.id);
  await mkdir(runDir, { recursive: true });
  await writeFile(join(runDir, 'run.json'), JSON.stringify(made));
  await writeFile(join(runDir, 'events.jsonl'), jsonl(events));
}

/** Writes experiment.json and all runs under `dir`. */
export async function writeSyntheticComparison(dir: string, options: SyntheticOptions = {}): Promise<void> {
  const selectors = options.selectors ?? ['uniform', 'recency-bias', 'online-batch', 'active-bias'];
  const seeds = options.seeds ?? [1, 2, 3];
  const { epochs = 20, warmupEpochs = 5 } = options;
  const classNames = [...(options.classNames ?? Array.from({ length: 10 }, (_, i) => String(i)))];
  const stopAt = options.stopAt ?? (() => Infinity);
  const name = options.name ?? 'synthetic';
  const experiment = {
    name,
    dataset: { name: 'synthetic-digits', trainSize: 60000 },
    optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.9 },
    learningRateSteps: [
      { at: 0.5, factor: 0.1 },
      { at: 0.75, factor: 0.1 },
    ],
    epochs,
    selectors: Object.fromEntries(selectors.map((selector) => [selector, {}])),
    seeds,
  };
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'experiment.json'), JSON.stringify(experiment));
  const facts = {
    dataset: {
      name: 'synthetic-digits',
      trainSize: 60000,
      testSize: 10000,
      classes: classNames.length,
      classNames,
    },
    model: { name: 'small-cnn', parameters: 36794 },
    epochs,
    warmupEpochs,
    batchSize: 128,
    experiment,
    environment: { ...header().environment, cpu: options.cpu ?? 'cpu' },
  };
  for (const seed of seeds) {
    const warmup = header({
      ...facts,
      kind: 'warmup',
      id: `warmup-seed${seed}`,
      selector: 'warmup',
      method: { name: 'uniform', options: {} },
      seed,
    });
    const noise = generator(seed);
    const shared = Array.from({ length: warmupEpochs }, (_, i) => event(warmup, 0, i + 1, noise));
    if (warmupEpochs > 0) {
      await writeRun(dir, warmup, [...shared, { type: 'end', time: TIME, epochs: warmupEpochs }]);
    }
    for (const [rank, selector] of selectors.entries()) {
      const stop = stopAt(selector, seed);
      if (stop <= 0) continue;
      const random = generator(seed * 100 + rank);
      const made = header({
        ...facts,
        selector,
        seed,
        id: `run${rank}-seed${seed}`,
        method: { name: options.methods?.[selector] ?? selector, options: {} },
      });
      const events: RunEvent[] = [{ type: 'start', time: TIME, epoch: warmupEpochs }];
      for (let epoch = warmupEpochs + 1; epoch <= Math.min(epochs, stop); epoch++) {
        events.push(event(made, rank, epoch, random));
      }
      if (stop >= epochs) {
        events.push({
          type: 'uncertain-samples',
          time: TIME,
          samples: await samples(classNames.length, random),
        });
        events.push({ type: 'end', time: TIME, epochs });
      }
      await writeRun(dir, made, events);
    }
  }
}
