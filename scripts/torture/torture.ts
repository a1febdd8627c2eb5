/**
 * Tries to make the program lose or change numbers without saying so:
 *
 *     npm run torture [-- --kills 200 --records 1000 --states 1000000 --seed 1 --out torture]
 *
 * - kills: `compare`, `train` and `finetune` killed at random moments and resumed, until they end;
 * - records: finished runs, and runs that died, of which a file was damaged, read and resumed;
 * - states: selectors' states that were changed at random, loaded and trained with.
 *
 * The same seed tries the same. What was done is kept in the folder `--out`, so that an interrupted torture goes on where it was.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { Random } from 'recency-bias';
import { replaceFile } from '../../packages/recency-bias-lab/src/ground/replace-file.js';
import { DamagedRuns } from '../../packages/recency-bias-lab/test/support/damaged-runs.js';
import { subjects, tryMutants } from '../../packages/recency-bias/test/support/mutated-states.js';
import { KILLED_COMMANDS, Kills } from './kills.js';

/** How often each part is tried. */
export interface Amounts {
  readonly kills: number;
  readonly records: number;
  readonly states: number;
}

/** The outcome of a part. */
export interface Outcome {
  /** Kills, records or states tried. */
  tried: number;
  /** Portions that are done: rounds of kills, records, portions of states. */
  portions: number;
  /** Counts of outcomes, by name. */
  counts: Record<string, number>;
  /** Silent differences, wrong batches, refusals without a reason. */
  faults: string[];
}

export type Part = keyof Amounts;
export type Outcomes = Record<Part, Outcome>;

/** States of a selector that are tried between two savings. */
const STATES_A_PORTION = 100;
/** A line of progress so often, in milliseconds. */
const REPORT_EVERY = 30_000;

function nothing(): Outcome {
  return { tried: 0, portions: 0, counts: {}, faults: [] };
}

function add(
  outcome: Outcome,
  tried: number,
  counts: Record<string, number>,
  faults: readonly string[],
): void {
  outcome.tried += tried;
  outcome.portions++;
  for (const [name, count] of Object.entries(counts))
    outcome.counts[name] = (outcome.counts[name] ?? 0) + count;
  outcome.faults.push(...faults);
}

/** Tries the rest of each part; `save` is called with what was done so far. */
export async function torture(
  amounts: Amounts,
  { dir, seed, outcomes, save }: { dir: string; seed: number; outcomes: Outcomes; save: () => Promise<void> },
): Promise<void> {
  const { kills, records, states } = outcomes;
  while (states.tried < amounts.states) {
    const subject = subjects[states.portions % subjects.length]!;
    const portion = Math.min(STATES_A_PORTION, amounts.states - states.tried);
    const { refused, accepted, faults } = await tryMutants(subject, portion, seed * 1e6 + states.portions);
    add(
      states,
      portion,
      { refused, accepted },
      faults.map((fault) => `${subject[0]}: ${fault}`),
    );
    await save();
  }
  if (records.tried < amounts.records) {
    await tf.setBackend('cpu');
    const folder = join(dir, 'records');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const runs = await DamagedRuns.make(folder);
    while (records.tried < amounts.records) {
      const variant = seed * 1e6 + records.tried;
      const isResumed = records.tried % 2 === 0;
      const { what, outcome, message } = await (isResumed ? runs.resumed(variant) : runs.read(variant));
      const isSilent = outcome === 'different' || (isResumed && outcome === 'unfinished');
      const isUnclear = outcome === 'refused' && (!message.includes(runs.run.id) || message.includes('\n'));
      const name = `${isResumed ? 'resumed' : 'read'}: ${outcome}`;
      add(records, 1, { [name]: 1 }, isSilent || isUnclear ? [`${name}: ${what} ${message}`] : []);
      await save();
    }
  }
  if (kills.tried < amounts.kills) {
    const killed = await Kills.make(resolve(dir, 'kills'));
    while (kills.tried < amounts.kills) {
      const command = KILLED_COMMANDS[kills.portions % KILLED_COMMANDS.length]!;
      const random = new Random(seed).split(`kills ${kills.portions}`);
      const round = await killed.round(command, amounts.kills - kills.tried, random);
      const equal = round.fault === undefined ? 1 : 0;
      add(
        kills,
        round.kills,
        { [`${command}: equal`]: equal },
        round.fault === undefined ? [] : [round.fault],
      );
      await save();
    }
  }
}

/** Reads what an earlier torture with the same seed did. */
async function begun(path: string, seed: number): Promise<Outcomes> {
  const fresh = { kills: nothing(), records: nothing(), states: nothing() };
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return fresh;
  const saved = JSON.parse(text) as { seed: number; outcomes: Outcomes };
  if (saved.seed === seed) return saved.outcomes;
  throw new RangeError(`${path}: is of the seed ${saved.seed}; give --seed ${saved.seed}, or another --out`);
}

/** A whole number from a flag. */
function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`--${name}: is ${text}; expected a whole number`);
  return value;
}

function table(outcomes: Outcomes): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(outcomes).map(([part, { tried, counts, faults }]) => [
      part,
      {
        tried,
        'what came of them': Object.entries(counts)
          .map(([name, count]) => `${count} ${name}`)
          .join(', '),
        faults: faults.length,
      },
    ]),
  );
}

/** The command. */
export async function run(...args: string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { kills: text, records: text, states: text, seed: text, out: text },
  });
  const { kills = '200', records = '1000', states = '1000000', seed = '1', out = 'torture' } = values;
  const amounts = {
    kills: whole('kills', kills),
    records: whole('records', records),
    states: whole('states', states),
  };
  const path = join(out, 'torture.json');
  await mkdir(out, { recursive: true });
  const outcomes = await begun(path, whole('seed', seed));
  let reported = performance.now();
  await torture(amounts, {
    dir: out,
    seed: Number(seed),
    outcomes,
    save: async () => {
      await replaceFile(path, `${JSON.stringify({ seed: Number(seed), outcomes }, null, 2)}\n`);
      if (performance.now() - reported < REPORT_EVERY) return;
      reported = performance.now();
      const done = Object.entries(outcomes).map(
        ([part, { tried, faults }]) => `${part} ${tried} (${faults.length} faults)`,
      );
      console.error(done.join(', '));
    },
  });
  console.table(table(outcomes));
  for (const { faults } of Object.values(outcomes))
    for (const fault of faults) console.log(fault.slice(0, 500));
  if (Object.values(outcomes).some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}
