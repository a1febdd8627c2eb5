/** Runs the Python tests, the type check and the linter of the Python package, where Python has what they need. */
import { describe, expect, it } from 'vitest';
import { run, withPython } from './support/python.js';

function passes(python: string, file: string): void {
  const { ok, output } = run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `tests/${file}.py`]);
  expect(ok, output).toBe(true);
}

describe('the Python package', () => {
  withPython('torch, numpy, pytest', (python) => {
    it.each([
      'test_batches',
      'test_selector',
      'test_processes',
      'test_sampler',
      'test_distributed',
      'test_namespaces',
      'test_recorder',
      'test_paper',
    ])(
      'passes %s.py',
      (file) => {
        passes(python, file);
      },
      400_000,
    );
  });

  withPython('torch, pytest, transformers, accelerate', (python) => {
    it.each(['test_transformers', 'test_accelerate'])(
      'passes %s.py',
      (file) => {
        passes(python, file);
      },
      400_000,
    );
  });

  const current = 'torch, pytest, lightning.pytorch, torchdata.stateful_dataloader';
  withPython(
    current,
    (python) => {
      it.each(['test_lightning', 'test_stateful_loader'])(
        'passes %s.py',
        (file) => {
          passes(python, file);
        },
        400_000,
      );
    },
    true,
  );

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
