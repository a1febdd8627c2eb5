import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { torchStatus } from 'tfjs-backend-torch';
import 'tfjs-wasm-training';
import { work, type Step } from './torch/worker.js';

/**
 * The torch backend against Python's PyTorch (channels last), and against TensorFlow.js on wasm: the same networks, each
 * in a process of its own, taking turns step by step, so that whatever else the machine does falls on both.
 *
 * TORCH_BENCH_STEPS sets the steps, TORCH_BENCH_CASE picks cases whose name holds it, TORCH_BENCH_RECORD names a file for
 * all that was measured.
 */
const STEPS = Number(process.env.TORCH_BENCH_STEPS ?? 12);
const WARM_UP = 3;
const WORKER = '--torch-bench-worker';
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

interface Case {
  readonly network: string;
  readonly mode: 'train' | 'predict';
  readonly threads: number;
  readonly against: 'pytorch' | 'wasm';
  readonly steps?: number;
}

const cases: readonly Case[] = [
  { network: 'small-cnn', mode: 'train', threads: 1, against: 'pytorch' },
  { network: 'resnet-20', mode: 'train', threads: 1, against: 'pytorch' },
  { network: 'resnet-20', mode: 'train', threads: 2, against: 'pytorch' },
  { network: 'densenet-25-12', mode: 'train', threads: 2, against: 'pytorch' },
  { network: 'mobilenet-v2', mode: 'train', threads: 2, against: 'pytorch' },
  { network: 'resnet-20', mode: 'predict', threads: 1, against: 'pytorch' },
  { network: 'resnet-20', mode: 'predict', threads: 2, against: 'pytorch' },
  { network: 'resnet-20', mode: 'train', threads: 2, against: 'wasm', steps: 6 },
];

/** A process that runs one step for each line that it gets. */
class Runner {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(command: string, args: string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
  }

  async step(): Promise<Step> {
    this.#child.stdin!.write('\n');
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error('A worker of the bench ended before its step.');
      // TensorFlow.js may print advice.
      if (line.value.startsWith('{')) return JSON.parse(line.value) as Step;
    }
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function javascript({ network, mode, threads }: Case, backend: string): Runner {
  const file = fileURLToPath(import.meta.url);
  return new Runner(process.execPath, [file, WORKER, network, mode, String(threads), backend]);
}

function python({ network, mode, threads }: Case): Runner {
  const file = join(process.cwd(), 'bench/torch/networks.py');
  return new Runner(PYTHON, [file, network, mode, String(threads)]);
}

/** Measures a case, prints its line, and gives all its steps for the record. */
async function measure(each: Case): Promise<object> {
  const ours = javascript(each, 'torch');
  const theirs = each.against === 'wasm' ? javascript(each, 'wasm') : python(each);
  const runners = [ours, theirs];
  const steps: [Step[], Step[]] = [[], []];
  const count = each.steps ?? STEPS;
  for (let i = -Math.min(WARM_UP, count); i < count; i++) {
    for (const [j, runner] of runners.entries()) {
      const step = await runner.step();
      if (i >= 0) steps[j]!.push(step);
    }
  }
  for (const runner of runners) runner.end();
  const [a, b] = steps.map((list) => ({
    wall: median(list.map(({ wall }) => wall)),
    cpu: median(list.map(({ cpu }) => cpu)),
    peak: list.at(-1)!.peakMb,
  })) as [Summary, Summary];
  const ratio = (x: number, y: number): string => (x / y).toFixed(2).padStart(6);
  const ms = (x: number): string => `${x.toFixed(0)} ms`.padStart(8);
  const line =
    `${each.network.padEnd(15)} ${each.mode.padEnd(8)} ${each.threads} thread${each.threads === 1 ? ' ' : 's'}  ` +
    `${ms(a.wall)} torch backend ${ms(b.wall)} ${each.against.padEnd(8)} ratio ${ratio(a.wall, b.wall)}  ` +
    `processor time ${ratio(a.cpu, b.cpu)}  peak ${a.peak.toFixed(0)} / ${b.peak.toFixed(0)} MB`;
  console.log(line);
  const [torch, other] = steps;
  return { ...each, torch, [each.against]: other };
}

interface Summary {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

export async function run(): Promise<void> {
  const status = torchStatus();
  if (!status.available) {
    console.log(`Skipped: ${status.reason}`);
    return;
  }
  const hasPytorch = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
  if (!hasPytorch)
    console.log(`No PyTorch in ${PYTHON}: only wasm is compared (apt-get install python3-torch).`);
  console.log(
    `Median of ${STEPS} steps that take turns; a ratio below 1 means that the torch backend is faster.`,
  );
  const record: object[] = [];
  const filter = process.env.TORCH_BENCH_CASE ?? '';
  for (const each of cases) {
    const name = `${each.network} ${each.mode} ${each.threads} ${each.against}`;
    if ((hasPytorch || each.against !== 'pytorch') && name.includes(filter)) record.push(await measure(each));
  }
  const file = process.env.TORCH_BENCH_RECORD;
  if (file !== undefined) {
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`;
    const { libtorch } = status;
    writeFileSync(file, `${JSON.stringify({ machine, node: process.version, libtorch, record })}\n`);
  }
}

const [, , flag, network, mode, threads, backend] = process.argv;
if (flag === WORKER) await work(network!, mode!, Number(threads), backend!);
