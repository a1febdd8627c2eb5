import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CORRECTIONS } from '../data/label-corrections.js';
import { decisionOf, withDecision } from './decisions.js';
import type { Decision } from './decisions.js';
import { LabelFile } from './label-file.js';

describe('decisions of a review', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'review-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('take the place of what was said of the photo before, and none takes it back', () => {
    const all: Decision[] = [
      { kind: 'accept' },
      { kind: 'label', label: 'rose' },
      { kind: 'leaveOut' },
      { kind: 'none' },
    ];
    let corrections = NO_CORRECTIONS;
    for (const decision of [...all, ...all.reverse()]) {
      corrections = withDecision(corrections, '__proto__', decision);
      expect(decisionOf(corrections, '__proto__')).toEqual(decision);
      const { labels, leaveOut, accepted } = corrections;
      expect(Object.keys(labels).length + leaveOut.length + accepted.length).toBe(
        decision.kind === 'none' ? 0 : 1,
      );
    }
  });

  it('are in the file as soon as they are taken, in their order, beside those of before', async () => {
    const path = join(dir, 'labels.json');
    const file = await LabelFile.open(path, { ...NO_CORRECTIONS, leaveOut: ['before'] });
    await Promise.all([
      file.decide([['a', { kind: 'accept' }]]),
      file.decide([
        ['a', { kind: 'label', label: 'rose' }],
        ['b', { kind: 'leaveOut' }],
      ]),
    ]);
    const written = JSON.parse(await readFile(path, 'utf8')) as unknown;
    expect(written).toEqual({ version: 1, labels: { a: 'rose' }, leaveOut: ['b', 'before'], accepted: [] });
    expect((await LabelFile.open(path)).corrections).toEqual(written);
  });

  it('are not taken where they cannot be written, and a file that is none of labels is left alone', async () => {
    const file = await LabelFile.open(join(dir, 'no-folder', 'labels.json'));
    await expect(file.decide([['a', { kind: 'accept' }]])).rejects.toThrow('labels.json');
    expect(file.corrections.accepted).toEqual([]);
    await writeFile(join(dir, 'own.json'), '[]');
    await expect(LabelFile.open(join(dir, 'own.json'))).rejects.toThrow('own.json: is no file of labels');
  });
});
