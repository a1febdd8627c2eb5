import { Random } from 'recency-bias';
import { addon } from '../../src/native/addon.js';
import { targets, type Target } from './targets.js';
import { Values } from './values.js';

/** The outcomes of the calls of one target. */
export interface Count {
  readonly calls: number;
  readonly errors: number;
}

/** Calls that are right, with one or two arguments changed, and wholly wild, in these parts. */
const RIGHT = 0.3;
const CHANGED = 0.85;

function argumentsOf(values: Values, { draw, operator }: Target): unknown[] {
  const kind = values.random.float();
  if (kind >= CHANGED) {
    const wild = values.list(values.yes(0.2) ? values.int(30, 80) : values.int(0, 8), () =>
      values.anything(),
    );
    return operator === undefined ? wild : [values.addon.resolve(...operator), ...wild];
  }
  const drawn = draw(values);
  if (kind >= RIGHT && drawn.length > 0) {
    // The number of the operator stays, so that it is the operator that gets what is wrong.
    const from = operator === undefined ? 0 : 1;
    for (let changes = values.int(1, 2); changes > 0; changes--) {
      const at = values.int(from, drawn.length - 1);
      drawn[at] = values.yes(0.2) ? values.getters() : values.anything();
    }
    if (values.yes(0.1)) drawn.length = values.int(from, drawn.length);
  }
  return drawn;
}

/** Brings the tensors that are held up to date with what a call gave, or released. */
function settle(
  values: Values,
  { name, makesTensors }: Target,
  args: readonly unknown[],
  result: unknown,
): void {
  if (name === 'dispose') for (const handle of args) values.forget(handle as number);
  if (name === 'replace' && args[0] !== args[1]) values.forget(args[1] as number);
  if (makesTensors !== true) return;
  for (const handle of [result].flat()) if (typeof handle === 'number') values.hold(handle);
}

/** Throws unless the error is one that the addon means to give: a message of its own, with a code, or a getter's. */
function checkError(target: string, error: unknown): void {
  if (error instanceof RangeError && error.message === 'a getter of the fuzzer') return;
  const { code, message } = error as { code?: string; message?: string };
  if (code?.startsWith('ERR_TORCH') !== true || message === undefined || message === '') {
    throw new Error(`${target} gives an error that does not say what is wrong: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Calls every entry point and own kernel `calls` times with drawn arguments, right and wrong. */
export function fuzz(calls: number, seed: number): Record<string, Count> {
  const native = addon();
  const entries = native as unknown as Record<string, (...args: unknown[]) => unknown>;
  const before = native.memory().tensors;
  const counts: Record<string, Count> = {};
  for (const [name, target] of Object.entries(targets)) {
    const values = new Values(new Random(seed).split(name), native);
    let errors = 0;
    for (let i = 0; i < calls; i++) {
      const args = argumentsOf(values, target);
      try {
        settle(values, target, args, entries[target.name]!(...args));
      } catch (error) {
        checkError(name, error);
        errors++;
      }
    }
    values.releaseAll();
    native.setThreads(1);
    const left = native.memory().tensors - before;
    if (left !== 0) throw new Error(`${name} leaves ${left} native tensors behind.`);
    counts[name] = { calls, errors };
  }
  return counts;
}

/**
 * `node scripts/run.mjs packages/tfjs-backend-torch/test/fuzz/native.ts [calls] [seed]`: prints the counts as JSON.
 * A crash ends the process; see `npm run fuzz:native` for a run under AddressSanitizer.
 */
export function run(calls = '400', seed = '1'): void {
  console.log(JSON.stringify(fuzz(Number(calls), Number(seed))));
}
