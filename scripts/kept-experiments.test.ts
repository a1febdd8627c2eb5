/** An option that a method is given later may not change what an earlier experiment means. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  parseExperiment,
  resolveExperiment,
} from '../packages/recency-bias-lab/src/experiment/document/resolve.js';
import { definitionOf } from '../packages/recency-bias-lab/src/ground/methods.js';
import type { RecordedExperiment } from '../packages/recency-bias-lab/src/records/experiment.js';

const root = fileURLToPath(new URL('../records/', import.meta.url));
const kept = readdirSync(root).filter((name) => existsSync(`${root}${name}/experiment.json`));

it.each(kept)('the experiment of the kept record %s gives its methods the options that they had', (name) => {
  const recorded = JSON.parse(
    readFileSync(`${root}${name}/experiment.json`, 'utf8'),
  ) as RecordedExperiment & { selectors: Record<string, { name: string; options: object }> };
  // Methods that read a file keep its digest in the record, and the file is not here. Modules have options of their own.
  const selectors = Object.entries(recorded.selectors).filter(
    ([, method]) => definitionOf(method.name)?.inputs.length === 0,
  );
  const { trainSize, testSize } = recorded.dataset as { trainSize: number; testSize: number };
  const resolved = resolveExperiment(
    parseExperiment({ ...recorded, grid: undefined, selectors: Object.fromEntries(selectors) }),
    {
      trainSize,
      testSize,
      classes: 10,
    },
  );
  expect(selectors.length).toBeGreaterThan(0);
  for (const [label, { name: method, options }] of selectors) {
    const defaults = definitionOf(method)!.defaults;
    const added = Object.entries(defaults).filter(([option]) => !(option in options));
    expect(resolved.selectors[label]!.options).toEqual({ ...options, ...Object.fromEntries(added) });
  }
});
