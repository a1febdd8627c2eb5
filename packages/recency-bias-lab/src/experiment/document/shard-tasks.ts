/** The runs of a shard. */
import { shardOf } from '../../records/shard.js';
import type { Shard } from '../../records/shard.js';
import { runTasks } from './tasks.js';
import type { RunTask, TaskSource } from './tasks.js';

/** The runs of a shard, with the warm-ups that they fork from; none where there are more shards than runs. */
export function shardTasks(experiment: TaskSource, { index, count }: Shard): RunTask[] {
  const dealt = { seeds: experiment.seeds, selectors: Object.keys(experiment.selectors) };
  const tasks = runTasks(experiment);
  const own = tasks.filter((task) => task.kind === 'run' && shardOf(dealt, task, count).index === index);
  const warmups = new Set(own.flatMap((task) => (task.kind === 'run' ? (task.warmup ?? []) : [])));
  return tasks.filter((task) => own.includes(task) || warmups.has(task.id));
}
