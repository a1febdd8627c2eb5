/**
 * The engine of the Python package: a selector in a process of its own, driven by frames on its standard input and answering on its
 * standard output. It ends when its input does, so that it never outlives its trainer.
 */
import { selectorRegistry, usualWarmup } from 'recency-bias';
import type { TrainingRun } from 'recency-bias';
import { readFrame, writeFrame } from './frames.js';
import type { Columns, Frame } from './frames.js';
import { Session, columnsOf } from './session.js';
import type { Wrapper } from './session.js';

const INPUT = 0;
const OUTPUT = 1;

/** Asks the trainer for a forward pass over the samples. */
function score(indices: Int32Array): Columns {
  writeFrame(OUTPUT, { score: true }, { indices });
  const answer = readFrame(INPUT);
  if (answer === undefined) process.exit(0);
  const { failed } = answer.body;
  if (typeof failed === 'string') throw new Error(failed);
  return answer.arrays;
}

/** Selectors by name, with their options and defaults. */
function describe(): Record<string, unknown> {
  return Object.fromEntries(
    Object.values(selectorRegistry).map(({ create: _, ...entry }) => [entry.name, entry]),
  );
}

/** Uniform epochs at the beginning of a run; 0 for a method that has no warm-up. */
function warmupOf(name: string, options: Readonly<Record<string, unknown>>, run: TrainingRun): unknown {
  const option = selectorRegistry[name]?.options.warmupEpochs;
  if (option === undefined) return 0;
  return options.warmupEpochs ?? option.default ?? usualWarmup(run);
}

let session: Session | undefined;

function current(): Session {
  if (session === undefined) throw new Error('no selector has been created yet.');
  return session;
}

/** Carries out a call. @returns what is answered */
async function answer({ body, arrays }: Frame): Promise<readonly [Record<string, unknown>, Columns]> {
  const number = (name: string): number => body[name] as number;
  switch (body.call) {
    case 'describe':
      return [{ value: describe() }, {}];
    case 'create': {
      const run = {
        size: number('size'),
        classes: number('classes'),
        epochs: number('epochs'),
        seed: number('seed'),
      };
      const name = body.name as string;
      const options = body.options as Readonly<Record<string, unknown>>;
      const wrappers = (body.wrappers ?? []) as readonly Wrapper[];
      session = new Session(name, { ...options, ...arrays }, wrappers, run, score);
      return [{ value: { signals: session.signals, warmupEpochs: warmupOf(name, options, run) } }, {}];
    }
    case 'begin':
      current().begin(number('epoch'));
      return [{}, {}];
    case 'draw':
      return [
        {},
        columnsOf(await current().draw(number('batchSize'), (body.batches as number | null) ?? Infinity)),
      ];
    case 'observe':
      current().observe(arrays);
      return [{}, {}];
    case 'probabilities':
    case 'uncertainty': {
      const values = current()[body.call]();
      return [{}, values === undefined ? {} : { values }];
    }
    case 'state':
      return [{}, { bytes: current().state() }];
    case 'load':
      await current().load(arrays.bytes as Uint8Array, number('batches'));
      return [{}, {}];
    case 'redraw':
      return [{}, columnsOf(await current().redraw(arrays.bytes as Uint8Array, number('batchSize')))];
    default:
      throw new Error(`the engine knows no call ${String(body.call)}.`);
  }
}

// Standard output belongs to the frames.
console.log = console.error;

for (let frame = readFrame(INPUT); frame !== undefined; frame = readFrame(INPUT)) {
  let body: Record<string, unknown> = {};
  let arrays: Columns = {};
  try {
    [body, arrays] = await answer(frame);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    body = { error: { name, message } };
  }
  writeFrame(OUTPUT, body, arrays);
}
