/** Adds seeds, selectors and grid values to an experiment of which runs are there already. */
import { z } from 'zod';
import { differences } from './difference.js';
import type { ResolvedExperiment } from './resolve.js';
import { gridSchema } from './schema.js';
import type { Grid } from './schema.js';

/** The parts of experiment.json that may grow. */
const storedSchema = z.looseObject({
  seeds: z.array(z.number()),
  selectors: z.record(
    z.string(),
    z.looseObject({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
  ),
  grid: gridSchema.extend({ labels: z.array(z.string()) }).optional(),
});

/** Whether the grid `whole` has all cells of `part`. */
function contains(whole: Grid, part: Grid): boolean {
  const names = Object.keys(whole.options);
  return (
    whole.selector === part.selector &&
    names.join() === Object.keys(part.options).join() &&
    names.every((name) => part.options[name]!.every((value) => whole.options[name]!.includes(value)))
  );
}

/** The experiment of a comparison that holds `stored` and is to hold `asked`. */
export interface JoinedExperiment {
  /** Seeds, selectors and grid cells of both; all else as asked for. */
  readonly experiment: ResolvedExperiment;
  /** Further differences, one line a field: with any, the two do not belong together. */
  readonly conflicts: readonly string[];
  /** Whether it is more than what is stored. */
  readonly isExtended: boolean;
}

/** @param stored the content of experiment.json */
export function joinExperiments(stored: unknown, asked: ResolvedExperiment): JoinedExperiment {
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success) return { experiment: asked, conflicts: differences(stored, asked), isExtended: false };
  const { seeds, selectors, grid } = parsed.data;
  const joinedGrid =
    grid !== undefined && (asked.grid === undefined || contains(grid, asked.grid)) ? grid : asked.grid;
  const experiment: ResolvedExperiment = {
    ...asked,
    seeds: [...new Set([...seeds, ...asked.seeds])],
    selectors: { ...selectors, ...asked.selectors },
    ...(joinedGrid !== undefined && { grid: joinedGrid }),
  };
  const plain = JSON.parse(JSON.stringify(experiment)) as unknown;
  const grown: Record<string, unknown> = {
    ...parsed.data,
    description: experiment.description,
    seeds: experiment.seeds,
    selectors: { ...asked.selectors, ...selectors },
  };
  if (joinedGrid !== undefined && (grid === undefined || contains(joinedGrid, grid))) grown.grid = joinedGrid;
  return {
    experiment,
    conflicts: differences(JSON.parse(JSON.stringify(grown)), plain),
    isExtended: differences(stored, plain).length > 0,
  };
}
