/** Reasons for not trusting a comparison as it stands. */
import { byShard, shardTitle } from '../../records/shard.js';
import type { ShardRuns } from '../../records/shard.js';
import type { Comparison } from '../../records/run.js';
import type { RunExtent } from './progress.js';
import { mean } from './statistics.js';
import type { Trajectory } from './trajectory.js';
import { bestEpoch } from './trajectory.js';
import { listed, plural } from './words.js';
import { smallest } from '../../ground/extremes.js';

/** A reason, with a name for programs and a sentence for people. */
export interface Warning {
  readonly kind: 'incomplete' | 'one-seed' | 'best-at-warmup' | 'still-falling' | 'machines-differ';
  readonly message: string;
}

/** The part of a comparison that its warnings ask for. */
type WarnedOf = Pick<Comparison, 'selectors' | 'seeds' | 'sources' | 'shards'>;

/** Gives the title under which a selector is shown. */
export type Titles = (selector: string) => string;

/**
 * Whether a run's best epoch lies in the warm-up or in the first tenth (at least one epoch) of what follows: selection
 * then had no part in it, or next to none.
 */
export function bestIsAtWarmup(trajectory: Trajectory): boolean {
  const { warmupEpochs, epochs } = trajectory.header;
  const best = bestEpoch(trajectory);
  if (best === null || warmupEpochs === 0) return false;
  return best.epoch <= warmupEpochs + Math.max(1, Math.floor((epochs - warmupEpochs) / 10));
}

/**
 * Whether the mean test error over runs was still falling at the end: the last tenth of the epochs (at least two) is
 * more than 5 % lower, relatively, than as many epochs before it.
 */
export function stillFalling(runs: readonly Trajectory[]): boolean {
  const length = smallest(runs.map(({ epochs }) => epochs.length));
  const tail = Math.max(2, Math.ceil(length / 10));
  if (runs.length === 0 || length < 3 * tail) return false;
  const level = (from: number, to: number | undefined): number =>
    mean(runs.map(({ epochs }) => mean(epochs.slice(from, to).map(({ testError }) => testError))));
  return level(-tail, undefined) < 0.95 * level(-2 * tail, -tail);
}

function machine({ header: { environment } }: Trajectory): string {
  return `${environment.cpu.trim()}, ${environment.backend}`;
}

/** Which shards have not trained their runs, and how to train them. */
function openShards(
  { shards, sources, selectors, seeds }: WarnedOf,
  open: readonly RunExtent[],
  title: Titles,
): string {
  if (shards === undefined) return '';
  const describe = ({ shard, runs }: ShardRuns<RunExtent>): string => {
    const state = runs.every((run) => run.state === 'not begun') ? 'missing' : 'not complete';
    const names = runs.map(({ selector, seed }) => `${title(selector)} seed ${seed}`);
    return `shard ${shardTitle(shard)} is ${state} (${listed(names)})`;
  };
  const found = byShard({ selectors, seeds }, open, shards);
  const command = `recency-bias compare --resume --out ${sources[0] ?? '<dir>'} --shard`;
  return (
    ` Of the shards, ${listed(found.map(describe))}: train with ` +
    `${listed(found.map(({ shard }) => `\`${command} ${shardTitle(shard)}\``))}.`
  );
}

function incomplete(comparison: WarnedOf, progress: readonly RunExtent[], title: Titles): Warning | null {
  const open = progress.filter(({ state }) => state !== 'complete');
  if (open.length === 0) return null;
  const details = open.map(
    ({ selector, seed, state, epoch, epochs }) =>
      `${title(selector)} seed ${seed} (${state === 'under way' ? `at epoch ${epoch} of ${epochs}` : state})`,
  );
  return {
    kind: 'incomplete',
    message:
      progress.length === 1
        ? `The training is not complete: ${details[0]!}.`
        : `The comparison is not complete: ${plural(open.length, 'run')} of ${progress.length} missing from the tables: ` +
          `${listed(details)}.${openShards(comparison, open, title)}`,
  };
}

/** The best errors of most runs, or of most runs of some selectors, came before selection could matter. */
function bestAtWarmup(
  complete: readonly Trajectory[],
  selectors: readonly string[],
  title: Titles,
): Warning | null {
  const early = complete.filter(bestIsAtWarmup);
  const isMost = (part: readonly Trajectory[], whole: readonly Trajectory[]): boolean =>
    whole.length > 0 && part.length * 2 >= whole.length;
  const runsOf = (runs: readonly Trajectory[], selector: string): Trajectory[] =>
    runs.filter((run) => run.selector === selector);
  const advice = 'Use a shorter warm-up, a lower learning rate or more data.';
  if (isMost(early, complete)) {
    return {
      kind: 'best-at-warmup',
      message:
        `${complete.length > 1 ? `In ${early.length} of ${complete.length} runs the` : 'The'} best test error came in or right after ` +
        `the warm-up, before selection could matter${selectors.length > 1 ? ': this compares next to nothing' : ''}. ${advice}`,
    };
  }
  const affected = selectors.filter((selector) =>
    isMost(runsOf(early, selector), runsOf(complete, selector)),
  );
  if (affected.length === 0) return null;
  return {
    kind: 'best-at-warmup',
    message:
      `${listed(affected.map(title))} had the best test error in or right after the warm-up, before selection could matter: ` +
      `their best errors say nothing about the selection. ${advice}`,
  };
}

/** Everything that limits what the comparison shows. */
export function warnings(
  comparison: WarnedOf,
  trajectories: readonly Trajectory[],
  progress: readonly RunExtent[],
  title: Titles,
): Warning[] {
  const { selectors } = comparison;
  const found: Warning[] = [];
  const open = incomplete(comparison, progress, title);
  if (open !== null) found.push(open);

  const complete = trajectories.filter((trajectory) => trajectory.complete);
  const early = bestAtWarmup(complete, selectors, title);
  if (early !== null) found.push(early);

  const isAlone = selectors.length === 1;
  const falling = selectors.filter((selector) =>
    stillFalling(complete.filter((trajectory) => trajectory.selector === selector)),
  );
  if (falling.length > 0) {
    found.push({
      kind: 'still-falling',
      message:
        `The test error of ${listed(falling.map(title))} was still falling at the end: a longer run may ` +
        `${isAlone ? 'reach a lower one' : 'rank the methods differently'}. Train for more epochs or lower the learning rate earlier.`,
    });
  }

  const seeds = new Set(complete.map(({ seed }) => seed));
  if (seeds.size === 1 && !isAlone) {
    found.push({
      kind: 'one-seed',
      message:
        comparison.seeds.length === 1
          ? 'One seed cannot tell a difference from chance: compare over three or more.'
          : 'Runs of one seed alone are complete so far: one seed cannot tell a difference from chance.',
    });
  }

  const machines = [...new Set(complete.map(machine))];
  if (machines.length > 1) {
    const isMixed = [...seeds].some(
      (seed) => new Set(complete.filter((run) => run.seed === seed).map(machine)).size > 1,
    );
    found.push({
      kind: 'machines-differ',
      message: isMixed
        ? `Runs were made on different machines or backends (${listed(machines)}): do not compare their seconds.`
        : `Seeds were trained on different machines or backends (${listed(machines)}): compare seconds within a seed only, as time reductions do.`,
    });
  }
  return found;
}
