import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticComparison } from '../../test/support/synthetic-comparison.js';
import { KEPT_FILE, readKeptRuns, writeKeptRuns } from './kept.js';
import type { RunRecord } from './kept.js';
import { readComparison, readEvents, readRunHeader } from './read.js';

let root: string;
let source: string;
let kept: string;
let experiment: string;
let records: RunRecord[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kept-'));
  source = join(root, 'source');
  kept = join(root, 'kept');
  await writeSyntheticComparison(source, { epochs: 4, warmupEpochs: 1, seeds: [1, 2] });
  experiment = await readFile(join(source, 'experiment.json'), 'utf8');
  const dirs = (await readdir(source)).filter((name) => name !== 'experiment.json');
  records = await Promise.all(
    dirs.map(async (name) => ({
      header: (await readRunHeader(join(source, name)))!,
      events: await readEvents(join(source, name)),
    })),
  );
  await writeKeptRuns(kept, experiment, records);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A kept comparison whose lines were changed. */
async function changed(name: string, change: (lines: string[]) => readonly string[]): Promise<string> {
  const dir = join(root, name);
  await writeKeptRuns(dir, experiment, records);
  const lines = (await readFile(join(dir, KEPT_FILE), 'utf8')).trimEnd().split('\n');
  await writeFile(join(dir, KEPT_FILE), change(lines).join('\n') + '\n');
  return dir;
}

const lineOf = (lines: readonly string[], text: string): number =>
  lines.findIndex((line) => line.includes(text));

describe('a kept comparison', () => {
  it('is two files, read as its run directories are, but for the pictures of samples', async () => {
    expect((await readdir(kept)).sort()).toEqual(['events.jsonl', 'experiment.json']);
    const whole = await readComparison(source);
    const withoutPictures = whole.runs.map((run) => ({ ...run, uncertainSamples: [] }));
    expect(await readComparison(kept)).toEqual({ ...whole, sources: [kept], runs: withoutPictures });
    expect(withoutPictures.some(({ epochs, complete }) => complete && epochs.length === 3)).toBe(true);
  });

  it('has what its runs have in common once, and each run’s own experiment where that differs', async () => {
    const text = await readFile(join(kept, KEPT_FILE), 'utf8');
    expect(text.match(/"classNames"/g)).toHaveLength(1);
    expect(text).not.toContain('learningRateSteps');
    const [first, ...others] = records;
    const own = { ...first!, header: { ...first!.header, experiment: { name: 'before', epochs: 4 } } };
    const dir = join(root, 'two-experiments');
    await writeKeptRuns(dir, experiment, [own, ...others]);
    const experiments = (await readKeptRuns(dir)).map(({ header }) => header.experiment);
    expect(experiments).toEqual([own, ...others].map(({ header }) => header.experiment));
  });

  it('names no folder of the machine that trained: of an absolute path it keeps the last name', async () => {
    const at = (path: string): object => ({ name: 'at', epochs: 4, dataset: { name: 'folder', path } });
    const placed = records.map(({ header, events }) => ({
      header: { ...header, experiment: at('/home/somebody/photos') as typeof header.experiment },
      events,
    }));
    const dir = join(root, 'placed');
    await writeKeptRuns(dir, JSON.stringify(at('/home/somebody/photos')), placed);
    for (const name of await readdir(dir)) {
      expect(await readFile(join(dir, name), 'utf8')).not.toContain('somebody');
    }
    expect((await readKeptRuns(dir)).map(({ header }) => header.experiment)).toEqual(
      placed.map(() => at('photos')),
    );
  });

  it('may lie beside run directories, but not hold the same run', async () => {
    const [first, ...others] = records;
    const dir = join(root, 'beside');
    await writeSyntheticComparison(dir, { epochs: 4, warmupEpochs: 1, seeds: [1, 2] });
    await rm(join(dir, first!.header.id), { recursive: true });
    await writeKeptRuns(dir, experiment, [first!]);
    const count = ({ runs, warmups }: Awaited<ReturnType<typeof readComparison>>) =>
      runs.length + warmups.length;
    expect(count(await readComparison(dir))).toBe(records.length);
    await writeKeptRuns(dir, experiment, [first!, others[0]!]);
    await expect(readComparison(dir)).rejects.toThrow(`has the run ${others[0]!.header.id} twice`);
  });

  it.each<[string, (lines: string[]) => readonly string[], RegExp]>([
    [
      'an event is missing',
      (lines) => lines.toSpliced(lineOf(lines, '"epoch":3'), 1),
      /has \d+ events of the run \S+, expected \d+; restore the file$/,
    ],
    [
      'the last event is missing',
      (lines) => lines.slice(0, -1),
      /events of the run \S+, expected \d+; restore the file$/,
    ],
    [
      'an event stands in another run',
      (lines) => [lines[0]!, lines[1]!, lines.at(-1)!],
      /events\.jsonl:3: is an event of the run \S+, expected \S+$/,
    ],
    ['a run comes twice', (lines) => [...lines, lines[1]!], /begins the run \S+, which the file has above$/],
    ['a line is no JSON', (lines) => ['{', ...lines], /events\.jsonl:1: is not valid JSON$/],
    [
      'a header lacks a field',
      (lines) => lines.slice(1),
      /events\.jsonl:1: version: /,
    ],
    [
      'it is of a newer version',
      (lines) => [lines[0]!.replace('"version":1', '"version":9'), ...lines.slice(1)],
      /events\.jsonl:1: record version 9 is newer/,
    ],
  ])('is refused where %s, by name', async (name, change, message) => {
    await expect(readComparison(await changed(name, change))).rejects.toThrow(message);
  });

  it('is refused when it ends within a line', async () => {
    const dir = await changed('torn', (lines) => lines);
    const text = await readFile(join(dir, KEPT_FILE), 'utf8');
    await writeFile(join(dir, KEPT_FILE), text.slice(0, -5));
    await expect(readComparison(dir)).rejects.toThrow(/events\.jsonl: ends within a line; restore the file$/);
  });
});
