import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithTorch } from '../../packages/tfjs-backend-torch/test/support/with-torch.js';
import { countsRow, documentRows } from './counts.js';
import type { SpecOutcome, SuiteOutcome } from './outcome.js';
import { runSuite } from './run-suite.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The specs that are expected to fail, each with the reason. */
const expected = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(at(`fixtures/${name}.json`), 'utf8')) as Record<string, string>;

const failuresOf = ({ specs }: SuiteOutcome): string[] =>
  specs.filter(({ status }) => status === 'failed').map(({ name }) => name);

/** Specs that fail on every backend, since they are older than the TensorFlow.js that they run against. */
const outdated = expected('layers-cpu');

/** Failures that are a backend's own, against those that are expected of it. */
function compare(outcome: SuiteOutcome, name: string): void {
  const own = failuresOf(outcome).filter((spec) => !(spec in outdated));
  expect(own.sort()).toEqual(Object.keys(expected(name)).sort());
}

/** Specs that do not wait for the promise of their call: what is recorded with them belongs to their neighbours. */
const UNAWAITED = ['LayersModel.fit test {} Calling fit without compile leads to error'];

describe("TensorFlow.js's specs of layers", () => {
  let theirs: SuiteOutcome;

  beforeAll(async () => {
    const setup = at('fit-in-place.ts');
    theirs = await runSuite({ backendName: 'cpu', setup, suite: 'layers' });
  }, 300_000);

  it('fail on cpu where they are older than TensorFlow.js', () => {
    expect(theirs.specs.length).toBeGreaterThan(2600);
    expect(failuresOf(theirs).sort()).toEqual(Object.keys(outdated).sort());
  });

  it('fail on wasm, with the package, exactly where they are known to fail', async () => {
    const outcome = await runSuite({ backendName: 'wasm', setup: at('wasm-training.ts'), suite: 'layers' });
    expect(outcome.specs.length).toBeGreaterThan(1650);
    compare(outcome, 'layers-wasm');
    const rows = documentRows(new URL('../../packages/tfjs-wasm-training/README.md', import.meta.url));
    expect(rows).toContain(countsRow('layers, cpu', theirs));
    expect(rows).toContain(countsRow('layers, wasm with the package', outcome));
  }, 300_000);

  describeWithTorch('on torch', () => {
    it('fail exactly where they are known to fail', async () => {
      const setup = at('../../packages/tfjs-backend-torch/src/index.ts');
      const outcome = await runSuite({ backendName: 'torch', setup, suite: 'layers' });
      expect(outcome.specs.length).toBeGreaterThan(1650);
      compare(outcome, 'layers-torch');
      const rows = documentRows(new URL('../../packages/tfjs-backend-torch/README.md', import.meta.url));
      expect(rows).toContain(countsRow('layers', outcome));
    }, 300_000);
  });

  it('give with `fit` in the place of `model.fit` the same history, weights, callbacks and tensors', async () => {
    const calling = theirs.specs.filter(({ fits, name }) => fits !== undefined && !UNAWAITED.includes(name));
    expect(calling.length).toBeGreaterThanOrEqual(119);
    const ours = await runSuite({
      backendName: 'cpu',
      setup: at('fit-in-place.ts'),
      suite: 'layers',
      environment: {
        TFJS_SUITE_FIT: 'recency-bias',
        TFJS_SUITE_SPECS: JSON.stringify(calling.map(({ name }) => name.replace(/ #\d+$/, ''))),
      },
    });
    const byName = new Map(ours.specs.map((spec) => [spec.name, spec]));
    const differ = calling.filter((spec) => !same(spec, byName.get(spec.name)));
    const reasons = expected('layers-fit');
    expect(differ.map(({ name }) => name)).toEqual(Object.keys(reasons));
    const rows = documentRows(new URL('../../docs/tfjs.md', import.meta.url)).join(' ');
    const alike = calling.length - differ.length;
    expect(rows).toContain(
      `Of ${calling.length} specs that call \`model.fit\`, ${alike} give the same with \`fit\``,
    );
  }, 300_000);
});

function same(theirs: SpecOutcome, ours: SpecOutcome | undefined): boolean {
  return ours?.status === theirs.status && comparable(ours) === comparable(theirs);
}

/** The results of `fit`, without the numbers of layers, which count those of the specs before. */
function comparable({ fits }: SpecOutcome): string {
  return JSON.stringify(fits).replace(/([a-z]_[A-Z][A-Za-z]*)\d+/g, '$1');
}
