import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResolvedExperiment } from '../experiment/document/resolve.js';
import type { RunTask } from '../experiment/document/tasks.js';
import type { EpochEvent } from '../records/schema.js';
import { photoProgress } from './photo-progress.js';

const experiment = {
  epochs: 4,
  warmupEpochs: 1,
  batchSize: 32,
  dataset: { trainSize: 320, testSize: 80 },
} as ResolvedExperiment;
const warmup = { kind: 'warmup', id: 'warmup', seed: 1 } as RunTask;
const run = { kind: 'run', id: 'run', seed: 1, selector: 'recency-bias' } as RunTask;

function streamOf(): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text.trimEnd()) };
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

const at = (epoch: number, step: number) => ({
  ...{ epoch, step, stepsPerEpoch: 10, seconds: 0, samples: 0, scored: 0, trainLoss: 1 },
});
const ended = (epoch: number, testError: number) =>
  ({ epoch, testError, trainSeconds: 1 }) as unknown as EpochEvent;

describe('the progress of a fine-tuning without a terminal', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is a line an epoch in the words of its reader, through the warm-up and what follows', () => {
    const { stream, written } = streamOf();
    const progress = photoProgress([warmup, run], experiment, stream);
    const first = progress.begin(warmup);
    vi.advanceTimersByTime(10_000);
    first.onProgress(at(1, 10));
    first.onEpoch(ended(1, 0.4));
    first.end({ status: 'complete' } as never);
    const second = progress.begin(run);
    vi.advanceTimersByTime(10_000);
    second.onEpoch(ended(2, 0.25));
    vi.advanceTimersByTime(10_000);
    second.onEpoch(ended(3, 0.3));
    vi.advanceTimersByTime(10_000);
    second.onEpoch(ended(4, 0.2));
    second.end({ status: 'complete' } as never);
    progress.close();
    expect(written).toEqual([
      'Epoch 1 of 4, 60.0 % of the held-out photos right, about 30 seconds left',
      'Epoch 2 of 4, 75.0 % of the held-out photos right, about 20 seconds left',
      'Epoch 3 of 4, 70.0 % of the held-out photos right (best 75.0 %), about 10 seconds left',
      'Epoch 4 of 4, 80.0 % of the held-out photos right',
    ]);
  });

  it('is a line every half minute where an epoch takes longer, and while photos are looked at', () => {
    const { stream, written } = streamOf();
    const progress = photoProgress([run], { ...experiment, warmupEpochs: 0 }, stream);
    const listener = progress.begin(run);
    listener.onFeatures(64, 320);
    vi.advanceTimersByTime(31_000);
    listener.onProgress(at(1, 5));
    vi.advanceTimersByTime(31_000);
    listener.onProgress(at(1, 100));
    vi.advanceTimersByTime(31_000);
    progress.close();
    vi.advanceTimersByTime(100_000);
    expect(written).toEqual([
      'Looking at each photo once: 64 of 320',
      'Epoch 1 of 4, 160 of 320 photos',
      'Epoch 1 of 4, 320 of 320 photos, about 5.9 minutes left',
    ]);
  });

  it('tells the time left by the epochs of the network, not by the quick epochs of the new layer before', () => {
    const { stream, written } = streamOf();
    const probed = { ...experiment, epochs: 4, warmupEpochs: 1, probe: { epochs: 2, learningRates: [0.1] } };
    const progress = photoProgress([warmup, run], probed, stream);
    const first = progress.begin(warmup);
    first.onFeatures(320, 320);
    vi.advanceTimersByTime(5_000);
    first.onEpoch(ended(1, 0.4));
    first.end({ status: 'complete' } as never);
    const second = progress.begin(run);
    vi.advanceTimersByTime(100);
    second.onEpoch(ended(2, 0.3));
    vi.advanceTimersByTime(20_000);
    second.onEpoch(ended(3, 0.2));
    vi.advanceTimersByTime(20_000);
    second.onEpoch(ended(4, 0.25));
    progress.close();
    expect(written).toEqual([
      'Epoch 1 of 4, 60.0 % of the held-out photos right',
      'Epoch 2 of 4, 70.0 % of the held-out photos right',
      'Epoch 3 of 4, 80.0 % of the held-out photos right, about 20 seconds left',
      'Epoch 4 of 4, 75.0 % of the held-out photos right (best 80.0 %)',
    ]);
  });
});
