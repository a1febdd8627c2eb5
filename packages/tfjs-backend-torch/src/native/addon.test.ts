import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { getThreads, resetPeakMemory, setDevice, setThreads, torchStatus } from '../index.js';
import { FLOAT } from '../kernels/dtype.js';
import { sourceDigest } from '../../scripts/source-digest.mjs';
import { describeWithTorch } from '../../test/support/with-torch.js';
import { addon, load } from './addon.js';
import { operator } from './operator.js';

const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was thrown';
};

describe('Without a usable libtorch', () => {
  it('an addon that is not built is one line that says how to build it', () => {
    const text = message(() => load('/nowhere/tfjs-torch.node'));
    expect(text).toContain('is not built');
    expect(text).toContain('apt-get install libtorch-dev');
    expect(text).not.toContain('\n');
  });

  it('an addon that does not load is one line with the reason and the version it was built for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-torch-'));
    try {
      const file = join(folder, 'tfjs-torch.node');
      writeFileSync(file, 'not a library');
      const sources = sourceDigest(fileURLToPath(new URL('../../native', import.meta.url)));
      writeFileSync(join(folder, 'libtorch.json'), JSON.stringify({ version: '9.8.7', sources }));
      const text = message(() => load(file));
      expect(text).toContain('libtorch 9.8.7');
      expect(text).toContain(file);
      expect(text).not.toContain('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('an addon that another version was built from is one line that says to build it again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-torch-'));
    try {
      const file = join(folder, 'tfjs-torch.node');
      writeFileSync(file, 'not a library');
      writeFileSync(join(folder, 'libtorch.json'), '{"version":"9.8.7","sources":"0123"}');
      const text = message(() => load(file));
      expect(text).toContain('sources of another version');
      expect(text).toContain('npm run build:native');
      expect(text).not.toContain('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // Runs the built package: `npm test` builds first.
  it.skipIf(!existsSync(built))(
    'TensorFlow.js takes another backend, and says why when it is asked for this one',
    () => {
      // In a process of its own: the addon is looked up when the package is loaded.
      const script = `
      import * as tf from '@tensorflow/tfjs';
      import { torchStatus } from 'tfjs-backend-torch';
      await tf.ready();
      console.log(JSON.stringify({ backend: tf.getBackend(), status: torchStatus(), set: await tf.setBackend('torch') }));`;
      const root = fileURLToPath(new URL('../../../..', import.meta.url));
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, TFJS_TORCH_ADDON: '/nowhere/tfjs-torch.node' },
      });
      const line = stdout.split('\n').find((text) => text.startsWith('{')) ?? stderr;
      expect(JSON.parse(line)).toMatchObject({ backend: 'cpu', status: { available: false }, set: false });
      expect(stderr).toContain('The native addon of tfjs-backend-torch is not built');
    },
  );

  it('building against a folder that holds none is one line', () => {
    const script = fileURLToPath(new URL('../../scripts/build-native.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      env: { ...process.env, LIBTORCH: '/nowhere' },
    });
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain("LIBTORCH is '/nowhere'");
  });
});

describeWithTorch("An operator's error", () => {
  it("is torch's message, and the next operator works", () => {
    const a = tf.ones([2, 3]);
    expect(() => tf.matMul(a as tf.Tensor2D, tf.ones([2, 3]))).toThrow('inner shapes (3) and (2)');
    expect(() => operator('mm')(1e6, 1e6)).toThrow('does not exist or was disposed');
    expect(tf.sum(a).dataSync()[0]).toBe(6);
  });

  it('names the operator and the version where this libtorch lacks it', () => {
    expect(() => operator('frobnicate.Tensor')(1)).toThrow(/^libtorch \d.* has no operator aten::frobnicate/);
  });

  it('names the argument that is missing or of a wrong type', () => {
    const x = addon().fromTypedArray(new Float32Array(2), [2], 'float32');
    expect(() => operator('add.Tensor')(x)).toThrow("aten::add: the argument 'other' is missing");
    expect(() => operator('sum.dim_IntList')(x, 'all')).toThrow("argument 'dim': expected an array");
    addon().dispose(x);
  });

  it('says so when memory is out, by a code and in one line', () => {
    const huge = (): unknown => operator('full')([1e7, 1e7], 0, FLOAT);
    expect(huge).toThrow(/^can't allocate memory: 400000000000000 bytes/);
    expect(huge).toThrow(expect.objectContaining({ code: 'ERR_TORCH_OUT_OF_MEMORY' }) as Error);
    expect(tf.sum(tf.ones([4])).dataSync()[0]).toBe(4);
  });

  it('names the dtype that does not fit', () => {
    const values = new Float32Array(2);
    expect(() => addon().fromTypedArray(values, [2], 'int32')).toThrow(
      'does not hold values of the dtype int32',
    );
    expect(() => addon().fromTypedArray(values, [3], 'float32')).toThrow('the shape holds 3 values, but 2');
  });

  it('names the device that cannot be used', () => {
    const status = torchStatus();
    if (status.available && status.libtorch.cuda) return;
    expect(() => {
      setDevice('cuda');
    }).toThrow(/cannot use the device 'cuda'/);
  });
});

describeWithTorch('The addon', () => {
  it('counts a view as no memory, and memory once', () => {
    const before = addon().memory();
    const x = operator('full')([1024], 1, FLOAT);
    const y = operator('reshape')(x, [32, 32]);
    const during = addon().memory();
    expect(during.tensors - before.tensors).toBe(2);
    expect(during.bytes - before.bytes).toBe(4096);
    addon().dispose(x);
    expect(addon().memory().bytes - before.bytes).toBe(4096);
    addon().dispose(y);
    expect(addon().memory().bytes).toBe(before.bytes);
  });

  it('reports the peak since it was reset', () => {
    resetPeakMemory();
    const { allocatedBytes } = addon().memory();
    addon().dispose(operator('full')([1 << 20], 1, FLOAT));
    const { peakAllocatedBytes, allocatedBytes: after } = addon().memory();
    expect(peakAllocatedBytes - allocatedBytes).toBeGreaterThanOrEqual(4 << 20);
    expect(after).toBe(allocatedBytes);
  });

  it('gives the memory back that it keeps for reuse', () => {
    addon().dispose(operator('full')([1 << 20], 1, FLOAT));
    expect(addon().memory().cachedBytes).toBeGreaterThan(0);
    addon().releaseCache();
    expect(addon().memory().cachedBytes).toBe(0);
  });

  it('uses as many threads as it is told', () => {
    const before = getThreads();
    setThreads(2);
    expect(getThreads()).toBe(2);
    setThreads(before);
    expect(() => {
      setThreads(0);
    }).toThrow('threads is 0; expected a positive integer');
  });
});
