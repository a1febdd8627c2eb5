import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import sharp from 'sharp';
import { headerCheck } from '../packages/recency-bias-lab/src/records/check-record.js';
import { LOG_START, logLine } from '../packages/recency-bias-lab/src/records/event-log.js';
import { readEvents, readRunHeader } from '../packages/recency-bias-lab/src/records/read.js';

/**
 * The command line under load: a report over 2,000 runs, and a folder of 50,000 photos in 200 classes read for the first time and
 * again. BENCH_LOAD_CLI names another checkout's bin/recency-bias.mjs to compare with.
 */
const RUNS = 2000;
const SELECTORS = ['random', 'online-batch', 'active-bias', 'recency-bias'];
const CLASSES = 200;
const PHOTOS = 50_000;
const SIDE = 64;
export const isLong = true;

const CLI = resolve(process.env.BENCH_LOAD_CLI ?? 'packages/recency-bias-lab/bin/recency-bias.mjs');

/** Prints what a process used when it ends. */
const METER = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); process.stderr.write('\\nUSED ' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 })); });",
)}`;

interface Used {
  readonly seconds: number;
  readonly cpu: number;
  readonly megabytes: number;
}

/** Runs a command and says what it took. */
async function measured(args: readonly string[], cwd: string): Promise<Used> {
  const from = performance.now();
  const child = spawn(process.execPath, ['--import', METER, CLI, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((done) => child.on('close', done));
  const [, used] = /\nUSED (.*)$/.exec(stderr) ?? [];
  if (code !== 0 || used === undefined)
    throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return {
    seconds: (performance.now() - from) / 1000,
    ...(JSON.parse(used) as { cpu: number; megabytes: number }),
  };
}

/** Copies the runs of a small comparison under more seeds. */
async function multiply(small: string, out: string): Promise<void> {
  const experiment = JSON.parse(await readFile(join(small, 'experiment.json'), 'utf8')) as {
    seeds: number[];
  };
  const known = experiment.seeds;
  const seeds = Array.from({ length: RUNS / SELECTORS.length }, (_, i) => i + 1);
  await mkdir(out);
  await writeFile(join(out, 'experiment.json'), JSON.stringify({ ...experiment, seeds }, null, 2));
  for (const selector of ['warmup', ...SELECTORS]) {
    const models = await Promise.all(
      known.map(async (seed) => {
        const dir = join(small, `${selector}-seed${seed}`);
        return { header: (await readRunHeader(dir))!, events: await readEvents(dir) };
      }),
    );
    for (const seed of seeds) {
      const { header, events } = models[seed % models.length]!;
      const dir = join(out, `${selector}-seed${seed}`);
      await mkdir(dir);
      const text = `${JSON.stringify({ ...header, id: `${selector}-seed${seed}`, seed }, null, 2)}\n`;
      await writeFile(join(dir, 'run.json'), text);
      let end = LOG_START;
      let log = '';
      for (const event of events) {
        const own = event.type === 'start' ? { ...event, header: headerCheck(text) } : event;
        const line = logLine(own, end);
        log += line.text;
        ({ end } = line);
      }
      await writeFile(join(dir, 'events.jsonl'), log);
    }
  }
}

/** Writes a folder of photos, a colour of its own in each. */
async function takePhotos(folder: string): Promise<void> {
  for (let label = 0; label < CLASSES; label++) {
    const dir = join(folder, `class-${String(label).padStart(3, '0')}`);
    await mkdir(dir, { recursive: true });
    const raw = Buffer.alloc(SIDE * SIDE * 3, label);
    for (let i = 0; i < PHOTOS / CLASSES; i++) {
      raw.writeUInt32LE(i * CLASSES + label, 0);
      const photo = await sharp(raw, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .jpeg()
        .toBuffer();
      const file = createWriteStream(join(dir, `${i}.jpg`));
      file.end(photo);
      await finished(file);
    }
  }
}

export async function run(): Promise<void> {
  const kept = process.env.BENCH_LOAD_FOLDER;
  const dir = kept ?? (await mkdtemp(join(tmpdir(), 'load-')));
  await mkdir(dir, { recursive: true });
  const there = await readdir(dir);
  const rows: Record<string, Used> = {};
  try {
    if (!there.includes('small')) {
      const size = [
        '--train-size',
        '600',
        '--test-size',
        '300',
        '--epochs',
        '12',
        '--warmup-epochs',
        '2',
        '--window',
        '3',
      ];
      await measured(['compare', '--dataset', 'mnist', ...size, '--seeds', '1,2', '--out', 'small'], dir);
    }
    if (!there.includes('large')) await multiply(join(dir, 'small'), join(dir, 'large'));
    if (!there.includes('photos')) await takePhotos(join(dir, 'photos'));
    rows['--help'] = await measured(['--help'], dir);
    rows['report of 2 runs a method'] = await measured(['report', 'small'], dir);
    rows[`report of ${RUNS} runs`] = await measured(['report', 'large'], dir);
    const info = ['data', 'info', 'folder:photos', '--image-size', '32', '--cache', 'cache'];
    await rm(join(dir, 'cache'), { recursive: true, force: true });
    rows[`${PHOTOS} photos`] = await measured(info, dir);
    rows['the same again'] = await measured(info, dir);
  } finally {
    if (kept === undefined) await rm(dir, { recursive: true, force: true });
  }
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([title, { seconds, cpu, megabytes }]) => [
        title,
        { seconds: seconds.toFixed(2), 'processor seconds': cpu.toFixed(2), 'peak MB': megabytes.toFixed(0) },
      ]),
    ),
  );
}
