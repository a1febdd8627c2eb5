/** Runs the Python tests, the type check and the linter of the Python package, where Python has what they need. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const inCi = process.env.CI === 'true';

function run(command: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** A Python that can import all of `modules`; the environment variable comes first. */
function pythonWith(modules: string): string | undefined {
  const candidates = [process.env.RECENCY_BIAS_PYTHON, 'python3', '/usr/bin/python3'];
  return candidates.find((python) => python !== undefined && run(python, ['-c', `import ${modules}`]).ok);
}

/** Runs the tests with a Python that has the modules; without one they are skipped, but fail in CI. */
function withPython(modules: string, body: (python: string) => void): void {
  const python = pythonWith(modules);
  if (python !== undefined) body(python);
  else if (inCi)
    it('finds Python with ' + modules, () => expect.unreachable(`no Python can import ${modules}`));
  else it.skip(`needs Python with ${modules}`, () => undefined);
}

describe('the Python package', () => {
  withPython('torch, numpy, pytest', (python) => {
    it.each(['test_batches', 'test_selector', 'test_processes', 'test_sampler', 'test_distributed'])(
      'passes %s.py',
      (file) => {
        const { ok, output } = run(python, [
          '-m',
          'pytest',
          '-q',
          '-p',
          'no:cacheprovider',
          `tests/${file}.py`,
        ]);
        expect(ok, output).toBe(true);
      },
      400_000,
    );
  });

  withPython('mypy, ruff, numpy', (python) => {
    it('passes mypy --strict', () => {
      const { ok, output } = run(python, ['-m', 'mypy', '--cache-dir=/dev/null']);
      expect(ok, output).toBe(true);
    });

    it('passes ruff', () => {
      const check = run(python, ['-m', 'ruff', 'check', '--no-cache', '.']);
      expect(check.ok, check.output).toBe(true);
      const format = run(python, ['-m', 'ruff', 'format', '--no-cache', '--check', '.']);
      expect(format.ok, format.output).toBe(true);
    });
  });
});
