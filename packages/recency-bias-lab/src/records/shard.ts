/** A part of a comparison's runs, for one of several processes or machines. */

/** Which part: the `index`th, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `2/4` */
export function shardTitle({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** A run of a comparison by its method's label and its seed. */
export interface RunOfSeed {
  readonly selector: string;
  readonly seed: number;
}

/** The seeds of a comparison, and the labels of its methods in order. */
export interface Dealt {
  readonly seeds: readonly number[];
  readonly selectors: readonly string[];
}

/**
 * The shard that has a run. Seeds are dealt to the shards, so that a warm-up is trained once; where there are more shards than seeds,
 * the runs of a seed are dealt to the shards that share it.
 */
export function shardOf({ seeds, selectors }: Dealt, { selector, seed }: RunOfSeed, count: number): Shard {
  const place = seeds.indexOf(seed);
  if (count <= seeds.length) return { index: (place % count) + 1, count };
  const sharing = Math.ceil((count - place) / seeds.length);
  return { index: place + seeds.length * (selectors.indexOf(selector) % sharing) + 1, count };
}

/** A shard with runs of it. */
export interface ShardRuns<Run> {
  readonly shard: Shard;
  readonly runs: readonly Run[];
}

/** Runs by the shards that have them, in the order of the shards. */
export function byShard<Run extends RunOfSeed>(
  dealt: Dealt,
  runs: readonly Run[],
  count: number,
): ShardRuns<Run>[] {
  return Array.from({ length: count }, (_, i) => ({ index: i + 1, count })).flatMap((shard) => {
    const own = runs.filter((run) => shardOf(dealt, run, count).index === shard.index);
    return own.length === 0 ? [] : [{ shard, runs: own }];
  });
}
