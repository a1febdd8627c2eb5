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
  const made = runs.map(({ header }) => ({ header, machine: key(header.environment) }));
  const environments = new Map(made.map(({ header, machine }) => [machine, header.environment] as const));
  const machinesOfSeed = new Map<number, Set<string>>();
  for (const { header, machine } of made) {
    machinesOfSeed.set(header.seed, (machinesOfSeed.get(header.seed) ?? new Set()).add(machine));
  }
  const undivided = new Set(seeds.filter((seed) => machinesOfSeed.get(seed)?.size === 1));
  return [...environments].map(([id, environment]) => {
    const own = made.filter(({ machine }) => machine === id).map(({ header }) => header);
    return {
      environment,
      seeds: [...undivided].filter((seed) => machinesOfSeed.get(seed)?.has(id)),
      runs: own.filter(({ seed }) => !undivided.has(seed)).map(({ selector, seed }) => ({ selector, seed })),
    };
  });
}
