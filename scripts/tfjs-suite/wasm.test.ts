import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { countsRow, documentRows } from './counts.js';
import type { SuiteOutcome } from './outcome.js';
import { groupFailures, UNEXPLAINED, type FailureGroup } from './reasons.js';
import { runSuite } from './run-suite.js';

const here = dirname(fileURLToPath(import.meta.url));

// The expected failures. To write them anew: TFJS_SUITE_WRITE=1 npx vitest run scripts/tfjs-suite
const fixture = (name: string): string => join(here, 'fixtures', `${name}.json`);

const expectedGroups = (name: string): FailureGroup[] =>
  JSON.parse(readFileSync(fixture(name), 'utf8')) as FailureGroup[];

const names = (groups: readonly FailureGroup[]): Set<string> => new Set(groups.flatMap(({ specs }) => specs));

/** Failures that are new and failures that are gone, by name. */
function changes(
  actual: readonly FailureGroup[],
  expected: readonly FailureGroup[],
): Record<string, string[]> {
  const now = names(actual);
  const before = names(expected);
  return {
    'fail now': [...now].filter((spec) => !before.has(spec)),
    'fail no more': [...before].filter((spec) => !now.has(spec)),
  };
}

describe("TensorFlow.js's own test suite", () => {
  let stock: SuiteOutcome;
  let training: SuiteOutcome;

  beforeAll(async () => {
    const judge = (setup: string): Promise<SuiteOutcome> =>
      runSuite({ backendName: 'wasm', setup: join(here, setup) });
    [stock, training] = await Promise.all([judge('wasm-stock.ts'), judge('wasm-training.ts')]);
    if (process.env.TFJS_SUITE_WRITE === undefined) return;
    for (const [name, outcome] of Object.entries({ 'wasm-stock': stock, 'wasm-training': training })) {
      writeFileSync(fixture(name), `${JSON.stringify(groupFailures(outcome.specs), null, 1)}\n`);
    }
  }, 300_000);

  it('runs whole, with and without the package', () => {
    expect(stock.specs.length).toBeGreaterThan(4200);
    expect(training.specs.length).toBe(stock.specs.length);
    expect([...stock.errors, ...training.errors]).toEqual([]);
  });

  it('passes and fails as often as the readme says', () => {
    const rows = documentRows(new URL('../../packages/tfjs-wasm-training/README.md', import.meta.url));
    expect(rows).toContain(countsRow('core, stock wasm', stock));
    expect(rows).toContain(countsRow('core, wasm with the package', training));
  });

  it('fails on stock wasm exactly where it is known to fail', () => {
    const groups = groupFailures(stock.specs);
    expect(changes(groups, expectedGroups('wasm-stock'))).toEqual({ 'fail now': [], 'fail no more': [] });
    expect(groups.map(({ reason }) => reason)).not.toContain(UNEXPLAINED);
  });

  it('fails with the package exactly where it is known to fail', () => {
    const groups = groupFailures(training.specs);
    expect(changes(groups, expectedGroups('wasm-training'))).toEqual({ 'fail now': [], 'fail no more': [] });
    expect(groups.map(({ reason }) => reason)).not.toContain(UNEXPLAINED);
  });

  it('fails with the package for nothing that training needs', () => {
    expect(groupFailures(training.specs).filter((group) => group.training)).toEqual([]);
  });

  it('fails with the package nowhere where stock wasm passes', () => {
    const stockFailures = names(groupFailures(stock.specs));
    const failures = names(groupFailures(training.specs));
    expect([...failures].filter((spec) => !stockFailures.has(spec))).toEqual([]);
  });
});
