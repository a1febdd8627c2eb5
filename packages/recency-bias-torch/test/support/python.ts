/** Runs Python programs of the package in tests, where Python has what they need. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The package's folder. */
export const folder = fileURLToPath(new URL('../..', import.meta.url));

/** The outcome of a program. */
export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program in the package's folder, with the package on Python's path. */
export function run(command: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: `${folder}src` },
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** A Python that can import all of `modules`; the environment variable comes first. */
function pythonWith(modules: string): string | undefined {
  const candidates = [process.env.RECENCY_BIAS_PYTHON, 'python3', '/usr/bin/python3'];
  return candidates.find((python) => python !== undefined && run(python, ['-c', `import ${modules}`]).ok);
}

/**
 * Runs tests with a Python that has the modules. Without one they are skipped, but fail in CI.
 * @param onDemand whether they are skipped in CI too: for modules that need a current PyTorch, whose wheels for Linux come with
 *   gigabytes of CUDA
 */
export function withPython(modules: string, body: (python: string) => void, onDemand = false): void {
  const python = pythonWith(modules);
  if (python !== undefined) body(python);
  else if (process.env.CI === 'true' && !onDemand) {
    it(`finds Python with ${modules}`, () => expect.unreachable(`no Python can import ${modules}`));
  } else it.skip(`needs Python with ${modules}`, () => undefined);
}
