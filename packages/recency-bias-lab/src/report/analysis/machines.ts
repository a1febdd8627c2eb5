/** Where the runs of a comparison were made. */
import type { Comparison } from '../../records/run.js';
import type { Environment } from '../../records/schema.js';

/** A machine with its software. */
export interface Machine {
  readonly environment: Environment;
  /** Seeds all of whose runs were made there. */
  readonly seeds: readonly number[];
  /** Runs of seeds that were made on several machines. */
  readonly runs: readonly { readonly selector: string; readonly seed: number }[];
}

function key({ node, platform, cpu, cores, backend }: Environment): string {
  return JSON.stringify([node, platform, cpu.trim(), cores, backend]);
}

/** The machines, in the order of the runs. Versions of packages make no difference. */
export function machines({ runs, seeds }: Comparison): Machine[] {
  const environments = new Map(
    runs.map(({ header: { environment } }) => [key(environment), environment] as const),
  );
  const keysOfSeed = (wanted: number): Set<string> =>
    new Set(runs.filter(({ header }) => header.seed === wanted).map(({ header }) => key(header.environment)));
  const undivided = seeds.filter((seed) => keysOfSeed(seed).size === 1);
  return [...environments].map(([id, environment]) => {
    const own = runs.filter(({ header }) => key(header.environment) === id).map(({ header }) => header);
    return {
      environment,
      seeds: undivided.filter((seed) => own.some((header) => header.seed === seed)),
      runs: own
        .filter(({ seed }) => !undivided.includes(seed))
        .map(({ selector, seed }) => ({ selector, seed })),
    };
  });
}
