import { onlineBatch, recencyBias, uniform } from 'recency-bias';
import type { SelectorFactory } from 'recency-bias';
import { selectorContract } from 'recency-bias/testing';
import { describe, it } from 'vitest';
import { RecordingSelector } from './recording-selector.js';
import { WarmupSelector } from './warmup-selector.js';

const METHODS: Readonly<Record<string, SelectorFactory>> = {
  uniform: uniform(),
  'recency-bias': recencyBias({ warmupEpochs: 2, window: 3 }),
  'online-batch': onlineBatch({ warmupEpochs: 2 }),
};

const recorded =
  (inner: SelectorFactory): SelectorFactory =>
  (run) =>
    new RecordingSelector(
      inner(run),
      run,
      3,
      Int32Array.from({ length: run.size }, (_, i) => i % run.classes),
    );

const warmup: SelectorFactory = (run) =>
  new WarmupSelector(run, new Map(Object.entries(METHODS).map(([label, method]) => [label, method(run)])));

const SUBJECTS: readonly (readonly [title: string, factory: SelectorFactory])[] = [
  ...Object.entries(METHODS).map(([label, method]) => [`A recorded ${label}`, recorded(method)] as const),
  ['The shared warm-up', warmup],
  ['A recorded warm-up', recorded(warmup)],
];

describe.each(SUBJECTS)('%s', (_, factory) => {
  for (const { title, run } of selectorContract({ factory })) it(title, run);
});
