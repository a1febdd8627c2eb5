import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { SuiteOutcome } from './outcome.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

/** A backend to be judged by TensorFlow.js's own tests. */
export interface Candidate {
  /** The name the backend is registered under. */
  readonly backendName: string;
  /** Path of a module, TypeScript or JavaScript, that registers the backend when it is loaded. */
  readonly setup: string;
  /** False if the backend reads its data asynchronously only; default true. */
  readonly isDataSync?: boolean;
}

/**
 * Runs the test suite of the installed @tensorflow/tfjs-core against a backend, in a process of its own. Takes
 * some seconds for a backend as fast as wasm.
 *
 * The suite is published as ES modules without file extensions, so it is bundled; its specs are side effects
 * of modules that are declared to have none, hence `ignoreAnnotations`.
 */
export async function runSuite({ backendName, setup, isDataSync = true }: Candidate): Promise<SuiteOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-suite-'));
  try {
    const bundle = join(folder, 'suite.cjs');
    const testEnvironment = { name: 'test', backendName, isDataSync };
    await build({
      stdin: {
        contents: [
          `import './start-jasmine.ts';`,
          `import 'tfjs-suite:environment';`,
          `import ${JSON.stringify(setup)};`,
          `import '@tensorflow/tfjs-core/dist/tests';`,
          `import './execute.ts';`,
        ].join('\n'),
        resolveDir: here,
      },
      plugins: [
        {
          name: 'test-environment',
          setup: (bundler) => {
            bundler.onResolve({ filter: /^tfjs-suite:/ }, ({ path }) => ({ path, namespace: 'tfjs-suite' }));
            bundler.onLoad({ filter: /.*/, namespace: 'tfjs-suite' }, () => ({
              contents: [
                `import '@tensorflow/tfjs-core/dist/register_all_gradients';`,
                `import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';`,
                `setTestEnvs([${JSON.stringify(testEnvironment)}]);`,
              ].join('\n'),
              resolveDir: here,
            }));
          },
        },
      ],
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      ignoreAnnotations: true,
      logLevel: 'error',
      outfile: bundle,
    });
    const outcome = join(folder, 'outcome.json');
    await promisify(execFile)(process.execPath, [bundle], {
      cwd: root,
      env: { ...process.env, TFJS_SUITE_OUTCOME: outcome },
      maxBuffer: 1 << 28,
    });
    return JSON.parse(await readFile(outcome, 'utf8')) as SuiteOutcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
