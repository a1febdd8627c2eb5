/** The paper's time reduction of a method against itself, over all kept records. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readComparison } from '../packages/recency-bias-lab/src/records/read.js';
import { analyse } from '../packages/recency-bias-lab/src/report/analysis/results.js';
import { bestEpoch, passes } from '../packages/recency-bias-lab/src/report/analysis/trajectory.js';

const root = fileURLToPath(new URL('..', import.meta.url));

it('docs/reproduction.md says by how much random batches are faster than random batches of another seed', async () => {
  const reductions: number[] = [];
  let pairs = 0;
  // The cells of the map of regimes are no comparisons of that page.
  const kept = readdirSync(`${root}records`).filter(
    (name) => existsSync(`${root}records/${name}/experiment.json`) && !name.startsWith('regimes-'),
  );
  for (const name of kept) {
    const { trajectories, results } = analyse(await readComparison(`${root}records/${name}`), new Date(0));
    const runs = trajectories.filter(({ complete, selector }) => complete && selector === results.baseline);
    for (const reference of runs) {
      const best = bestEpoch(reference)!;
      const time = passes(best, reference.header);
      for (const own of runs.filter((run) => run !== reference)) {
        pairs++;
        const hit = own.epochs.find(({ testError }) => testError <= best.testError);
        if (hit !== undefined) reductions.push((time - passes(hit, own.header)) / time);
      }
    }
  }
  const mean = reductions.reduce((sum, value) => sum + value, 0) / reductions.length;
  const document = readFileSync(`${root}docs/reproduction.md`, 'utf8').replace(/\s+/g, ' ');
  expect(document).toContain(
    `In ${reductions.length} of ${pairs} pairs of Random runs of different seeds, the second reached the best error of the first, ` +
      `on average ${(100 * mean).toFixed(1)} % sooner`,
  );
});
