import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallExperiment } from '../../../test/support/small-experiment.js';
import { readRun } from '../../records/read.js';
import { RUN_FILES } from '../../records/run-files.js';
import type { PreparedExperiment } from '../prepare/prepare.js';
import { runTasks } from '../document/tasks.js';
import type { RunTask } from '../document/tasks.js';
import { trainRun } from '../training/train-run.js';

/** More of them on demand: DAMAGE_VARIANTS=1000. */
const VARIANTS = Number(process.env.DAMAGE_VARIANTS ?? 80);
/** Epochs recorded when the process dies; the epoch under way is the next. */
const DIED_AFTER = 4;

let dir: string;
let prepared: PreparedExperiment;
let warmup: RunTask;
let run: RunTask;
/** What a run records that nothing disturbs. */
let undisturbed: unknown;

/** Trains a run, or dies at the end of an epoch. */
async function train(out: string, task: RunTask, dieAfter = Infinity): Promise<void> {
  await trainRun({
    ...prepared,
    task,
    out,
    saveEverySeconds: 0,
    stop: new AbortController().signal,
    onEpoch: ({ epoch }) => {
      if (epoch === dieAfter) throw new Error('died');
    },
  });
}

async function results(out: string): Promise<unknown> {
  const { epochs, complete } = await readRun(join(out, run.id));
  return {
    complete,
    epochs: epochs.map(({ epoch, testLoss, trainLoss, selection }) => ({
      epoch,
      testLoss,
      trainLoss,
      selection,
    })),
  };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
  dir = await mkdtemp(join(tmpdir(), 'damage-'));
  prepared = await smallExperiment({
    epochs: 7,
    warmupEpochs: 1,
    selectors: { 'recency-bias': 'recency-bias' },
  });
  [warmup, run] = runTasks(prepared.experiment) as [RunTask, RunTask];
  await train(join(dir, 'whole'), warmup);
  await cp(join(dir, 'whole'), join(dir, 'early'), { recursive: true });
  await cp(join(dir, 'whole'), join(dir, 'died'), { recursive: true });
  await train(join(dir, 'whole'), run);
  undisturbed = await results(join(dir, 'whole'));
  await expect(train(join(dir, 'early'), run, 2)).rejects.toThrow('died');
  await expect(train(join(dir, 'died'), run, DIED_AFTER)).rejects.toThrow('died');
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Lines of a text, each with its line feed. */
function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes)
    .toString()
    .split(/(?<=\n)/);
}

/** What can happen to a file, by name. */
const DAMAGES: Readonly<Record<string, (bytes: Uint8Array, random: Random) => Uint8Array>> = {
  'a changed byte': (bytes, random) => {
    const changed = bytes.slice();
    changed[random.int(changed.length)]! ^= 1 << random.int(8);
    return changed;
  },
  'a lost end': (bytes, random) => bytes.slice(0, random.int(bytes.length)),
  'a lost line': (bytes, random) => {
    const lines = linesOf(bytes);
    lines.splice(random.int(lines.length), 1);
    return Buffer.from(lines.join(''));
  },
  'lost lines at the end': (bytes, random) => {
    const lines = linesOf(bytes);
    return Buffer.from(lines.slice(0, random.int(lines.length)).join(''));
  },
  'a repeated line': (bytes, random) => {
    const lines = linesOf(bytes);
    const at = random.int(lines.length);
    lines.splice(at, 0, lines[at]!);
    return Buffer.from(lines.join(''));
  },
  'exchanged lines': (bytes, random) => {
    const lines = linesOf(bytes);
    const at = random.int(Math.max(1, lines.length - 1));
    [lines[at], lines[at + 1]] = [lines[at + 1] ?? '', lines[at]!];
    return Buffer.from(lines.join(''));
  },
  'a changed digit': (bytes, random) => {
    const digits = [...Buffer.from(bytes).toString().matchAll(/\d/g)].map(({ index }) => index);
    const changed = Buffer.from(bytes);
    const at = digits[random.int(digits.length)] ?? 0;
    changed[at] = 0x30 + ((changed[at]! - 0x30 + 1 + random.int(9)) % 10);
    return changed;
  },
};

const TEXTS = [RUN_FILES.events, RUN_FILES.header];
const STATES = [RUN_FILES.checkpoint, RUN_FILES.best];

/** Damages a file of the run, at random. */
async function damage(out: string, random: Random): Promise<string> {
  const names = Object.keys(DAMAGES);
  const file = [RUN_FILES.events, ...TEXTS, ...STATES][random.int(5)]!;
  const path = join(out, run.id, file);
  const kind = random.int(10);
  if (kind === 0) {
    await rm(path);
    return `${file}: removed`;
  }
  if (kind === 1) {
    await cp(join(dir, 'early', run.id, file), path);
    return `${file}: that of an earlier time`;
  }
  if (kind === 2) {
    await cp(join(dir, 'whole', warmup.id, file), path);
    return `${file}: that of another run`;
  }
  const ofStates = names.slice(0, 2);
  const possible = (STATES as readonly string[]).includes(file) ? ofStates : names;
  const name = possible[random.int(possible.length)]!;
  await writeFile(path, DAMAGES[name]!(await readFile(path), random));
  return `${file}: ${name}`;
}

describe('a run that is resumed', { timeout: 600_000 }, () => {
  it('goes on where it died', async () => {
    await cp(join(dir, 'died'), join(dir, 'resumed'), { recursive: true });
    await writeFile(join(dir, 'resumed', run.id, 'checkpoint.bin.123.tmp'), 'half');
    await train(join(dir, 'resumed'), run);
    expect(await results(join(dir, 'resumed'))).toEqual(undisturbed);
    await expect(readFile(join(dir, 'resumed', run.id, 'checkpoint.bin.123.tmp'))).rejects.toThrow();
  });

  it('says what is missing, or records what an undisturbed one does, whatever happened to its files', async () => {
    const silent: string[] = [];
    let refused = 0;
    for (let variant = 0; variant < VARIANTS; variant++) {
      const out = join(dir, `variant-${variant}`);
      await cp(join(dir, 'died'), out, { recursive: true });
      const what = await damage(out, new Random(variant));
      try {
        await train(out, run);
        const result = await results(out);
        if (JSON.stringify(result) !== JSON.stringify(undisturbed)) silent.push(`${variant}: ${what}`);
      } catch (error) {
        refused++;
        expect(String(error), what).toContain(run.id); // the file or the directory by name
      }
      await rm(out, { recursive: true });
    }
    expect(silent).toEqual([]);
    expect(refused).toBeGreaterThan(VARIANTS / 4);
  });

  it('names the epochs that records of earlier versions lack', async () => {
    const out = join(dir, 'old');
    await cp(join(dir, 'whole'), out, { recursive: true });
    const path = join(out, run.id, RUN_FILES.events);
    const lines = (await readFile(path, 'utf8'))
      .replaceAll(/,"line":\d+,"check":"\w+"|,"header":"\w+"/g, '')
      .split('\n');
    await writeFile(path, lines.join('\n'));
    expect(await results(out)).toEqual(undisturbed);
    await writeFile(path, lines.filter((line) => !/"epoch":[34],/.test(line)).join('\n'));
    await expect(results(out)).rejects.toThrow(
      /events\.jsonl: epochs 3 to 4 are missing; .*train this run anew/,
    );
    // Also where the end is lost, so that the run would go on.
    await writeFile(path, lines.filter((line) => !/"epoch":[34],|"type":"end"/.test(line)).join('\n'));
    await expect(train(out, run)).rejects.toThrow(/epochs 3 to 4 are missing/);
  });
});
