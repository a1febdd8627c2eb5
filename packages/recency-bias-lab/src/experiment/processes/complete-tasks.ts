/** Which runs of a comparison need no training any more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../../records/run-files.js';
import type { ResolvedExperiment } from '../document/resolve.js';
import { canFork } from '../state/run-checkpoint.js';
import { isKnownComplete, RunDirectory } from '../state/run-directory.js';
import { runTasks } from '../document/tasks.js';

/**
 * Ids of the runs that have ended, and of the warm-ups from which no run has yet to fork, or from which all that have can.
 * The others, among them warm-ups without checkpoint, are trained: the same again, being seeded.
 */
export async function completeTasks(out: string, experiment: ResolvedExperiment): Promise<Set<string>> {
  const tasks = runTasks(experiment);
  const complete = new Set<string>();
  for (const task of tasks) {
    if (await isKnownComplete(new RunDirectory(out, task, experiment))) complete.add(task.id);
  }
  for (const { kind, id } of tasks) {
    if (kind === 'run') continue;
    const forking = tasks.flatMap((task) => {
      const forks = task.kind === 'run' && task.warmup === id && !complete.has(task.id);
      return forks && !existsSync(join(out, task.id, RUN_FILES.checkpoint)) ? [task.selector] : [];
    });
    if (forking.length === 0) complete.add(id);
    else if (complete.has(id) && !(await canFork(join(out, id), forking, experiment))) complete.delete(id);
  }
  return complete;
}
