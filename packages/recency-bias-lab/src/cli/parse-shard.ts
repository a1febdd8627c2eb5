/** The value of `--shard`. */
import { ExperimentError } from '../ground/experiment-error.js';
import { shardTitle } from '../records/shard.js';
import type { Shard } from '../records/shard.js';

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
