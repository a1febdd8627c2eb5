/** How a run gets on, by its record and by who holds its directory: one answer for all that tell of it. */
import { join } from 'node:path';
import type { LockWatcher } from '../ground/lock-holder.js';
import { readText } from './record-file.js';
import { RUN_FILES } from './run-files.js';
import type { Run } from './run.js';

/**
 * `waiting`: the process that holds the comparison will come to it. `stopped`: begun, and held by no process. `failed`: ended by an
 * error, which resuming tries again.
 */
export type RunState = 'waiting' | 'running' | 'complete' | 'failed' | 'stopped' | 'not begun';

/** A state, and what a failed run failed of. */
export interface RunStanding {
  readonly state: RunState;
  readonly message?: string;
}

/**
 * The state of the run in a directory.
 * @param run what is recorded there; undefined where nothing is
 * @param isCommandThere whether a living process holds the comparison's directory
 */
export async function runStanding(
  runDir: string,
  run: Pick<Run, 'complete'> | undefined,
  isCommandThere: boolean,
  locks: LockWatcher,
): Promise<RunStanding> {
  if (run?.complete === true) return { state: 'complete' };
  if ((await locks.holder(runDir)) !== undefined) return { state: 'running' };
  const failure = await readText(join(runDir, RUN_FILES.failure)).catch(() => undefined);
  if (failure !== undefined) return { state: 'failed', message: failure.trim() };
  if (isCommandThere) return { state: 'waiting' };
  return { state: run === undefined ? 'not begun' : 'stopped' };
}
