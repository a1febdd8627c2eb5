/** A part of a comparison's runs, for one of several processes or machines. */
import { ExperimentError } from '../../ground/experiment-error.js';
import { runTasks } from './tasks.js';
import type { RunTask, TaskSource } from './tasks.js';

/** Which part: the `index`th, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `2/4` */
export function shardTitle({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * The runs of a shard, with the warm-ups that they fork from. Seeds are dealt to the shards, so that a warm-up is trained once; where there
 * are more shards than seeds, the runs of a seed are dealt to the shards that share it.
 */
export function shardTasks(experiment: TaskSource, { index, count }: Shard): RunTask[] {
  const { seeds } = experiment;
  const shardsOfSeed = (seed: number): number[] => {
    const place = seeds.indexOf(seed);
    if (count <= seeds.length) return [place % count];
    return Array.from({ length: count }, (_, shard) => shard).filter(
      (shard) => shard % seeds.length === place,
    );
  };
  const tasks = runTasks(experiment);
  const own = tasks.filter((task) => {
    if (task.kind === 'warmup') return false;
    const shards = shardsOfSeed(task.seed);
    const place = tasks.filter(({ kind, seed }) => kind === 'run' && seed === task.seed).indexOf(task);
    return shards[place % shards.length] === index - 1;
  });
  const warmups = new Set(
    own.flatMap((task) => (task.kind === 'run' && task.warmup !== undefined ? [task.warmup] : [])),
  );
  return tasks.filter((task) => own.includes(task) || warmups.has(task.id));
}

type Environment = Readonly<Record<string, string | undefined>>;

function wholeNumber(env: Environment, name: string): number | undefined {
  const text = env[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The place in an array job of SLURM, or in an indexed job of Kubernetes, whose number of completions may be known from elsewhere. */
function shardOfJob(env: Environment, count: number | undefined): Shard | undefined {
  const id = wholeNumber(env, 'SLURM_ARRAY_TASK_ID');
  const tasks = wholeNumber(env, 'SLURM_ARRAY_TASK_COUNT');
  if (id !== undefined && tasks !== undefined) {
    const least = wholeNumber(env, 'SLURM_ARRAY_TASK_MIN') ?? 0;
    const step = wholeNumber(env, 'SLURM_ARRAY_TASK_STEP') ?? 1;
    return { index: (id - least) / step + 1, count: count ?? tasks };
  }
  const completion = wholeNumber(env, 'JOB_COMPLETION_INDEX');
  const completions = count ?? wholeNumber(env, 'JOB_COMPLETIONS');
  if (completion === undefined || completions === undefined) return undefined;
  return { index: completion + 1, count: completions };
}

/**
 * Reads `2/4`; or `auto`, the place of this process in an array job of SLURM or an indexed job of Kubernetes; or `auto/4`, where the
 * number of completions is not in `JOB_COMPLETIONS`.
 * @throws ExperimentError for anything else
 */
export function parseShard(text: string, env: Environment): Shard {
  const [, first = '', second] = /^(auto|\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const count = second === undefined ? undefined : Number(second);
  if (first === '' || (first !== 'auto' && count === undefined)) {
    throw new ExperimentError([`--shard: is ${text}; expected i/n such as 2/4, or auto`]);
  }
  const shard = first === 'auto' ? shardOfJob(env, count) : { index: Number(first), count: count! };
  if (shard === undefined) {
    throw new ExperimentError([
      '--shard: is auto, but this is no array job of SLURM (SLURM_ARRAY_TASK_ID) and no indexed job of Kubernetes (JOB_COMPLETION_INDEX, and JOB_COMPLETIONS or --shard auto/n); give i/n',
    ]);
  }
  if (!Number.isInteger(shard.index) || shard.index < 1 || shard.index > shard.count) {
    throw new ExperimentError([`--shard: is ${shardTitle(shard)}; expected i from 1 to n`]);
  }
  return shard;
}
