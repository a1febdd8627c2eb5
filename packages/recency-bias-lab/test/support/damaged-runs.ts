/** Runs of which a file was damaged: each is refused in a line that names the file, or read and resumed to the same numbers. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'recency-bias';
import { runTasks } from '../../src/experiment/document/tasks.js';
import type { RunTask } from '../../src/experiment/document/tasks.js';
import type { PreparedExperiment } from '../../src/experiment/prepare/prepare.js';
import { trainRun } from '../../src/experiment/training/train-run.js';
import { readRun } from '../../src/records/read.js';
import { RUN_FILES } from '../../src/records/run-files.js';
import type { EpochEvent } from '../../src/records/schema.js';
import { smallExperiment } from './small-experiment.js';

/** Epochs recorded when the process dies; the epoch under way is the next. */
const DIED_AFTER = 4;

/** Lines of a text, each with its line feed. */
function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes)
    .toString()
    .split(/(?<=\n)/);
}

/** Damages of a file, by name. */
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

/** The numbers of a run that its seed decides. */
export interface Results {
  readonly complete: boolean;
  readonly epochs: readonly Pick<EpochEvent, 'epoch' | 'testLoss' | 'trainLoss' | 'selection'>[];
}

/** The outcome of a damaged run. */
export interface Damaged {
  /** The file and what happened to it. */
  readonly what: string;
  /** `unfinished`: read as a run under way, with the numbers up to there. */
  readonly outcome: 'refused' | 'same' | 'unfinished' | 'different';
  /** The message where it was refused. */
  readonly message: string;
}

/** A run that ended, and the same when it had died before, to be damaged in copies. Needs the backend cpu. */
export class DamagedRuns {
  readonly #prepared: PreparedExperiment;
  readonly #warmup: RunTask;

  private constructor(
    readonly dir: string,
    prepared: PreparedExperiment,
    warmup: RunTask,
    readonly run: RunTask,
    /** The record of the undisturbed run. */
    readonly undisturbed: Results,
  ) {
    this.#prepared = prepared;
    this.#warmup = warmup;
  }

  /** @param dir an empty folder; `whole`, `early` and `died` are made in it */
  static async make(dir: string): Promise<DamagedRuns> {
    const prepared = await smallExperiment({
      epochs: 7,
      warmupEpochs: 1,
      selectors: { 'recency-bias': 'recency-bias' },
    });
    const [warmup, run] = runTasks(prepared.experiment) as [RunTask, RunTask];
    const made = new DamagedRuns(dir, prepared, warmup, run, { complete: false, epochs: [] });
    await made.#train('whole', warmup);
    for (const copy of ['early', 'died']) await made.copy('whole', copy);
    await made.train('whole');
    await made.#trainUntil('early', 2);
    await made.#trainUntil('died', DIED_AFTER);
    return new DamagedRuns(dir, prepared, warmup, run, await made.results('whole'));
  }

  /** Copies a comparison of the folder. */
  async copy(from: string, to: string): Promise<void> {
    await cp(join(this.dir, from), join(this.dir, to), { recursive: true });
  }

  /** Trains the run to its end. */
  train(out: string): Promise<void> {
    return this.#train(out, this.run);
  }

  /** The record of a comparison's run. @throws RecordError when that is damaged */
  async results(out: string): Promise<Results> {
    const { epochs, complete } = await readRun(join(this.dir, out, this.run.id));
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

  /** Damages the run that died, and resumes it. */
  resumed(variant: number): Promise<Damaged> {
    return this.#tried('died', variant, (out) => this.train(out));
  }

  /** Damages the run that ended, and reads it. */
  read(variant: number): Promise<Damaged> {
    return this.#tried('whole', variant, () => Promise.resolve());
  }

  async #tried(from: string, variant: number, go: (out: string) => Promise<void>): Promise<Damaged> {
    const out = `${from}-${variant}`;
    await this.copy(from, out);
    const what = `${variant}: ${await this.#damage(out, new Random(variant))}`;
    try {
      await go(out);
      return { what, outcome: this.#compare(await this.results(out)), message: '' };
    } catch (error) {
      return { what, outcome: 'refused', message: error instanceof Error ? error.message : String(error) };
    } finally {
      await rm(join(this.dir, out), { recursive: true });
    }
  }

  #compare({ complete, epochs }: Results): Damaged['outcome'] {
    const expected = this.undisturbed.epochs.slice(0, epochs.length);
    if (JSON.stringify(epochs) !== JSON.stringify(expected)) return 'different';
    if (!complete) return 'unfinished';
    return epochs.length === this.undisturbed.epochs.length ? 'same' : 'different';
  }

  async #trainUntil(out: string, dieAfter: number): Promise<void> {
    const death = new Error('died');
    await this.#train(out, this.run, dieAfter, death).catch((error: unknown) => {
      if (error !== death) throw error;
    });
  }

  async #train(out: string, task: RunTask, dieAfter = Infinity, death?: Error): Promise<void> {
    await trainRun({
      ...this.#prepared,
      task,
      out: join(this.dir, out),
      saveEverySeconds: 0,
      stop: new AbortController().signal,
      onEpoch: ({ epoch }) => {
        if (epoch === dieAfter) throw death!;
      },
    });
  }

  /** Damages a file of the run, at random. */
  async #damage(out: string, random: Random): Promise<string> {
    const names = Object.keys(DAMAGES);
    const file = [RUN_FILES.events, ...TEXTS, ...STATES][random.int(5)]!;
    const path = join(this.dir, out, this.run.id, file);
    const kind = random.int(10);
    if (kind === 0) {
      await rm(path);
      return `${file}: removed`;
    }
    if (kind === 1) {
      await cp(join(this.dir, 'early', this.run.id, file), path);
      return `${file}: that of an earlier time`;
    }
    if (kind === 2) {
      await cp(join(this.dir, 'whole', this.#warmup.id, file), path);
      return `${file}: that of another run`;
    }
    const ofStates = names.slice(0, 2);
    const possible = (STATES as readonly string[]).includes(file) ? ofStates : names;
    const name = possible[random.int(possible.length)]!;
    await writeFile(path, DAMAGES[name]!(await readFile(path), random));
    return `${file}: ${name}`;
  }
}
