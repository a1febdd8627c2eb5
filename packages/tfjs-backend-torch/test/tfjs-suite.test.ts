import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { countsRow, documentRows } from '../../../scripts/tfjs-suite/counts.js';
import type { SuiteOutcome } from '../../../scripts/tfjs-suite/outcome.js';
import { runSuite } from '../../../scripts/tfjs-suite/run-suite.js';
import { describeWithTorch } from './support/with-torch.js';

/** The specs that fail, each with the reason. */
const expected = JSON.parse(
  readFileSync(new URL('fixtures/suite-failures.json', import.meta.url), 'utf8'),
) as Record<string, string>;

describeWithTorch("TensorFlow.js's own test suite for backends", () => {
  let outcome: SuiteOutcome;

  beforeAll(async () => {
    const setup = fileURLToPath(new URL('../src/index.ts', import.meta.url));
    outcome = await runSuite({ backendName: 'torch', setup });
  }, 300_000);

  it('runs whole', () => {
    expect(outcome.specs.length).toBeGreaterThan(4200);
    expect(outcome.errors).toEqual([]);
  });

  it('passes and fails as often as the readme says', () => {
    expect(documentRows(new URL('../README.md', import.meta.url))).toContain(countsRow('core', outcome));
  });

  it('fails exactly where it is known to fail', () => {
    const failures = outcome.specs.filter(({ status }) => status === 'failed');
    expect(failures.map(({ name }) => name)).toEqual(Object.keys(expected));
  });
});
