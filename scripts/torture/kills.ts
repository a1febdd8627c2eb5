/** Commands that are killed at random moments and resumed, until they end: their records must be those of an undisturbed one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Random } from 'recency-bias';
import { readComparison } from '../../packages/recency-bias-lab/src/records/read.js';
import { writeBackbone, writePhotos } from '../../packages/recency-bias-lab/test/support/backbones.js';
import { writeIdxFolder } from '../../packages/recency-bias-lab/test/support/idx-data.js';

const SCRIPT = resolve('packages/recency-bias-lab/bin/recency-bias.mjs');

const COMMON = ['--cache', 'cache', '--backend', 'cpu', '--save-every', '0', '--batch-size', '8'];
const NETWORK = [
  '--data-path',
  'data',
  '--model',
  'small-cnn:channels=[4]',
  '--epochs',
  '3',
  '--warmup-epochs',
  '1',
];

/** Commands that train, by name; each takes some seconds. */
const COMMANDS = {
  train: ['train', ...NETWORK, '--selector', 'online-batch:recompute=true'],
  compare: [
    'compare',
    ...NETWORK,
    '--window',
    '2',
    '--selector',
    'random=uniform',
    '--selector',
    'recency-bias',
  ],
  finetune: [
    'finetune',
    'photos',
    '--backbone',
    'net',
    '--image-size',
    '16',
    '--epochs',
    '3',
    '--warmup-epochs',
    '1',
  ],
} as const;

export type Command = keyof typeof COMMANDS;
export const KILLED_COMMANDS = Object.keys(COMMANDS) as Command[];

/** Most kills of a command before it may end. */
const KILLS_A_ROUND = 5;

/** The outcome of a round: one command, killed some times. */
export interface Round {
  readonly kills: number;
  /** The fault; undefined where the records are those of the undisturbed command. */
  readonly fault?: string;
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly killed: boolean;
}

/** The undisturbed outcome of a command, and how long it took. */
interface Reference {
  readonly outcome: string;
  readonly milliseconds: number;
}

/** Kills commands in a folder. */
export class Kills {
  readonly #dir: string;
  readonly #references = new Map<Command, Reference>();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** @param dir a folder for the data and the records */
  static async make(dir: string): Promise<Kills> {
    await mkdir(dir, { recursive: true });
    if (!existsSync(join(dir, 'net', 'model.json'))) {
      await writeIdxFolder(join(dir, 'data'), { train: 96, test: 32 });
      await writePhotos(join(dir, 'photos'), 8, 16);
      await writeBackbone(join(dir, 'net'));
    }
    return new Kills(dir);
  }

  /** Starts a command, kills it and kills again what resumes it, at most `most` times, lets it end and looks at its records. */
  async round(command: Command, most: number, random: Random): Promise<Round> {
    const { outcome, milliseconds } = await this.#reference(command);
    const out = `${command}-killed`;
    await rm(join(this.#dir, out), { recursive: true, force: true });
    const wanted = 1 + random.int(Math.min(most, KILLS_A_ROUND));
    let kills = 0;
    while (kills < wanted) {
      const { killed, code, stderr } = await this.#run(command, out, random.float() * milliseconds, random);
      if (killed) kills++;
      else if (code === 0) break;
      else return { kills, fault: `${command} after ${kills} kills: ${stderr.trim()}` };
    }
    const { code, stderr } = await this.#run(command, out);
    if (code !== 0) return { kills, fault: `${command} after ${kills} kills: ${stderr.trim()}` };
    if ((await this.#outcome(out)) === outcome) return { kills };
    const kept = join(this.#dir, `${out}-${Date.now()}`);
    await cp(join(this.#dir, out), kept, { recursive: true });
    return { kills, fault: `${command} after ${kills} kills: other records; they are in ${kept}` };
  }

  async #reference(command: Command): Promise<Reference> {
    const known = this.#references.get(command);
    if (known !== undefined) return known;
    const out = `${command}-whole`;
    await rm(join(this.#dir, out), { recursive: true, force: true });
    const from = performance.now();
    const { code, stderr } = await this.#run(command, out);
    if (code !== 0) throw new Error(`${command} fails undisturbed: ${stderr}`);
    const reference = { outcome: await this.#outcome(out), milliseconds: performance.now() - from };
    this.#references.set(command, reference);
    return reference;
  }

  /** Runs a command, or what goes on with it, to its end or until it is killed with all of its processes. */
  async #run(command: Command, out: string, killAfter?: number, random?: Random): Promise<Ended> {
    const isBegun = existsSync(join(this.#dir, out, 'experiment.json'));
    const words = isBegun
      ? [command, '--resume', '--cache', 'cache', '--save-every', '0']
      : [...COMMANDS[command], ...COMMON];
    const child = spawn(process.execPath, [SCRIPT, ...words, '--out', out], {
      cwd: this.#dir,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const signal = random?.int(4) === 0 ? 'SIGTERM' : 'SIGKILL';
    let killed = false;
    const timer =
      killAfter === undefined
        ? undefined
        : setTimeout(() => {
            if (child.pid === undefined || child.exitCode !== null) return;
            killed = true;
            process.kill(-child.pid, signal);
          }, killAfter);
    const code = await new Promise<number | null>((done) => child.on('close', done));
    clearTimeout(timer);
    return { code, stderr, killed };
  }

  /** Everything that a seed decides, as text: numbers of all epochs, samples, and the model that is saved. */
  async #outcome(out: string): Promise<string> {
    const dir = join(this.#dir, out);
    const { warmups, runs } = await readComparison(dir);
    const records = [...warmups, ...runs].map(
      ({ header: { id }, complete, epochs, uncertainSamples, suspects }) => ({
        id,
        complete,
        epochs: epochs.map((event) => ({ ...event, time: '', trainSeconds: 0, processorSeconds: 0 })),
        uncertainSamples,
        suspects,
      }),
    );
    const names = await readdir(dir, { recursive: true });
    const left = names.filter((name) => name.endsWith('.tmp') || /(^|\/)lock(\/|$)/.test(name));
    const samples = names
      .filter((name) => name.endsWith('samples.bin') || /(^|\/)model\/.*\.bin$/.test(name))
      .sort();
    const bytes = await Promise.all(samples.map((name) => readFile(join(dir, name), 'base64')));
    return JSON.stringify({ records, left, samples, bytes });
  }
}
