import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { describe, expect, it, vi } from 'vitest';
import { registerWasmTraining } from './index.js';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles a program for Node and runs it; returns its output. */
async function runBundled(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wasm-training-'));
  try {
    const outfile = join(folder, 'program.cjs');
    await build({
      stdin: { contents: program, resolveDir: here },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      // The binaries of the backend lie beside its own files.
      external: ['@tensorflow/*'],
      logLevel: 'error',
      outfile,
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
      env: { ...process.env, NODE_PATH: join(here, '../../../node_modules') },
    });
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const gradient = `
  const gradient = () => {
    const x = tf.ones([1, 3, 3, 1]);
    return Array.from(tf.grad((w) => tf.conv2d(x, w, 1, 'valid').relu().sum())(tf.ones([2, 2, 1, 1])).dataSync()).join();
  };
`;

describe('registration', () => {
  it('happens on import, before the backend is set', async () => {
    const program = `
      import './index.js';
      import * as tf from '@tensorflow/tfjs';
      ${gradient}
      tf.setBackend('wasm').then(() => console.log(gradient()));`;
    expect(await runBundled(program)).toBe('4,4,4,4');
  });

  it('happens on import, after the backend is set', async () => {
    const program = `
      import * as tf from '@tensorflow/tfjs';
      import '@tensorflow/tfjs-backend-wasm';
      ${gradient}
      tf.setBackend('wasm').then(() => import('./index.js')).then(() => console.log(gradient()));`;
    expect(await runBundled(program)).toBe('4,4,4,4');
  });

  it('keeps its gradients when TensorFlow.js registers its own later', async () => {
    const program = `
      import './index.js';
      import * as tf from '@tensorflow/tfjs';
      tf.setBackend('wasm').then(async () => {
        const { kernels } = await tf.profile(() => tf.grad((x) => x.relu().sum())(tf.ones([3])));
        console.log(kernels.some(({ name }) => name === 'TrainingReluGrad'));
      });`;
    expect(await runBundled(program)).toBe('true');
  });

  it('changes nothing the second time, and says nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const kernel = tf.getKernel('Sum', 'wasm');
    const relu = tf.getGradient('Relu');
    registerWasmTraining();
    await tf.setBackend('wasm');
    expect(tf.getKernel('Sum', 'wasm')).toBe(kernel);
    expect(tf.getGradient('Relu')).toBe(relu);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('survives bundlers that drop modules without side effects', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wasm-training-'));
    const entry = join(folder, 'entry.js');
    await writeFile(entry, `import 'tfjs-wasm-training';`);
    const { outputFiles } = await build({
      entryPoints: [entry],
      nodePaths: [join(here, '../../../node_modules')],
      alias: { 'tfjs-wasm-training': join(here, 'index.ts') },
      bundle: true,
      format: 'esm',
      external: ['@tensorflow/*'],
      write: false,
      logLevel: 'error',
    });
    await rm(folder, { recursive: true, force: true });
    expect(outputFiles[0]!.text).toMatch(/^registerWasmTraining\(\);$/m);
  });

  it('leaves the gradients of other backends as they were', async () => {
    await tf.setBackend('cpu');
    const { kernels } = await tf.profile(() => tf.tidy(() => tf.grad((x) => x.relu().sum())(tf.ones([3]))));
    const names = kernels.map(({ name }) => name);
    expect(names).toContain('Step');
    expect(names.filter((name) => name.startsWith('Training'))).toEqual([]);
  });

  it('leaves gradients of gradients to TensorFlow.js', async () => {
    await tf.setBackend('wasm');
    const second = tf.tidy(() => {
      const cube = (x: tf.Tensor): tf.Tensor => x.square().mul(x).sum();
      const once = tf.grad(cube);
      return Array.from(
        tf
          .grad((x) => once(x).sum())(tf.tensor1d([1, 2, 3]))
          .dataSync(),
      );
    });
    expect(second).toEqual([6, 12, 18]);
  });
});
