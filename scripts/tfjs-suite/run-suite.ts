import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { layersSpecs, layersSpecsPlugin } from './layers-specs.js';
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
  /** The package whose specs are run; default 'core'. */
  readonly suite?: Suite;
  /** Environment variables of the process that runs the specs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A package of TensorFlow.js that has specs. */
export type Suite = 'core' | 'layers';

const specs: Readonly<Record<Suite, readonly string[]>> = {
  core: [`import '@tensorflow/tfjs-core/dist/tests';`],
  layers: layersSpecs,
};

/**
 * Some specs of layers belong to no backend and take the present one, which specs before them may have taken away.
 */
const backendPresent = (backendName: string): string => `
  import { setBackend } from '@tensorflow/tfjs-core';
  import { ENGINE } from '@tensorflow/tfjs-core/dist/engine';
  const present = async () => {
    if (ENGINE.backendName == null) await setBackend(${JSON.stringify(backendName)});
  };
  const { beforeAll } = globalThis;
  globalThis.beforeAll = (action, timeout) => {
    beforeAll(present);
    beforeAll(action, timeout);
  };
  beforeEach(present);
`;

/**
 * Runs specs of TensorFlow.js against a backend, in a process of its own. Takes some seconds for a backend as fast as wasm.
 *
 * The suite is published as ES modules without file extensions, so it is bundled; its specs are side effects
 * of modules that are declared to have none, hence `ignoreAnnotations`.
 */
export async function runSuite({
  backendName,
  setup,
  isDataSync = true,
  suite = 'core',
  environment = {},
}: Candidate): Promise<SuiteOutcome> {
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
          ...(suite === 'layers' ? [`import 'tfjs-suite:backend';`] : []),
          ...specs[suite],
          `import './execute.ts';`,
        ].join('\n'),
        resolveDir: here,
      },
      plugins: [
        layersSpecsPlugin,
        {
          name: 'test-environment',
          setup: (bundler) => {
            bundler.onResolve({ filter: /^tfjs-suite:/ }, ({ path }) => ({ path, namespace: 'tfjs-suite' }));
            bundler.onLoad({ filter: /:backend$/, namespace: 'tfjs-suite' }, () => ({
              contents: backendPresent(backendName),
              resolveDir: here,
            }));
            bundler.onLoad({ filter: /:environment$/, namespace: 'tfjs-suite' }, () => ({
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
      // Specs expect functions to have their names.
      keepNames: suite === 'layers',
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
      env: { ...process.env, ...environment, TFJS_SUITE_OUTCOME: outcome },
      maxBuffer: 1 << 28,
    });
    return JSON.parse(await readFile(outcome, 'utf8')) as SuiteOutcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
