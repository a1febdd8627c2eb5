import { uniform } from 'recency-bias';
import { selectorContract } from 'recency-bias/testing';
import { describe, expect, it } from 'vitest';
import { isQuick } from './selector-plugin.js';

describe('the quick part of the contract', () => {
  it('is what comparisons rest on: draws, seeds, states, forks; not refusals and drawn frequencies', () => {
    const titles = selectorContract({ factory: uniform() }).map(({ title }) => title);
    expect(titles.filter(isQuick)).toEqual([
      'has a name and asks for known signals',
      'gives valid indices, distinct within a batch, at most as many as asked for',
      'trains the promised number of samples an epoch, in full batches but for the last',
      'answers null again after the end of an epoch',
      'gives positive finite weights, one a sample, or none',
      'gives the same batches for the same seed, whatever was drawn from others',
      'continues identically after stopping anywhere, saving, and loading into a fresh selector',
      'is not changed by saving, and a saved state is not changed by training on',
      'takes observations late, before the first epoch, and of samples that were not drawn',
      'can start at any epoch, having observed only, as forks of a shared warm-up do',
    ]);
    expect(titles.filter((title) => !isQuick(title))).toHaveLength(6);
  });
});
