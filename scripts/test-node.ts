/**
 * Runs a quick part of the tests under another version of Node, which comes from npm's package `node`:
 *
 *     npm run test:node -- 22
 *
 * The library's core and selectors, the wasm and libtorch kernels, a plug-in and a comparison from the command line to the record, and
 * the packed library as a stranger imports it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of tests, and of those with long tests the titles that are run. */
const PARTS: readonly { readonly files: readonly string[]; readonly titles?: string }[] = [
  {
    files: [
      'packages/recency-bias/src/core',
      'packages/recency-bias/src/selectors',
      'packages/recency-bias/src/tfjs/fit.test.ts',
      'packages/tfjs-wasm-training/src/training.test.ts',
      'packages/tfjs-backend-torch/src/native',
      'packages/tfjs-backend-torch/src/tensor',
    ],
  },
  {
    files: ['packages/recency-bias-lab/test/plugins.test.ts'],
    titles: 'by paths relative to it|are used again on resume|in TypeScript run|that are wrong',
  },
  {
    files: ['packages/recency-bias-lab/test/shards.test.ts', 'test/packaging/packaging.test.ts'],
    titles: 'from a program|in plain Node ESM without',
  },
];

/** The output of Vitest's JSON reporter, as far as it is read here. */
interface Summary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

/** Runs tests under a version of Node; files that fail before their tests count as a failed test. */
async function runPart(version: string, args: readonly string[], out: string): Promise<[number, number]> {
  const vitest = ['node', 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'];
  const words = ['-y', '-p', `node@${version}`, ...vitest, `--outputFile=${out}`, ...args];
  const { error } = spawnSync('npx', words, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  const summary = JSON.parse(await readFile(out, 'utf8')) as Summary;
  const unread = summary.testResults.filter(({ status, message }) => status === 'failed' && message !== '');
  return [summary.numPassedTests, summary.numFailedTests + unread.length];
}

/** The version as npm has it: a number or a range. */
export async function run(version?: string): Promise<void> {
  if (version === undefined || !/^\d+(\.\d+)*$/.test(version)) {
    throw new RangeError(`test:node: got ${version ?? 'no version'}, expected a version of Node such as 22`);
  }
  const { stdout, stderr } = spawnSync('npx', ['-y', '-p', `node@${version}`, 'node', '--version'], {
    encoding: 'utf8',
  });
  if (!stdout.startsWith('v')) throw new Error(`test:node: npm has no Node ${version}: ${stderr.trim()}`);
  const folder = await mkdtemp(join(tmpdir(), 'test-node-'));
  const total = [0, 0];
  try {
    for (const { files, titles } of PARTS) {
      const args = titles === undefined ? files : [...files, '--testNamePattern', titles];
      const [passed, failed] = await runPart(version, args, join(folder, 'tests.json'));
      total[0]! += passed;
      total[1]! += failed;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`Node ${stdout.trim().slice(1)}: ${total[0]} passed, ${total[1]} failed`);
  if (total[1]! > 0) process.exitCode = 1;
}
