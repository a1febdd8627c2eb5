import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInto, packages, packAll, root, runIn, type PackageName, type Tarball } from './pack.js';

const tfjs = '4.22.0';
const folders: string[] = [];
let tarballs: Record<PackageName, Tarball>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recency-bias-pack-'));
  folders.push(folder);
  tarballs = await packAll(folder);
});

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function install(name: string, dependencies: Record<string, string>): Promise<string> {
  const folder = await installInto(name, dependencies);
  folders.push(folder);
  return folder;
}

describe.each(packages)('the packed %s', (name) => {
  it('has no complaint from publint', async () => {
    const { messages } = await publint({
      pack: { tarball: new Uint8Array(tarballs[name].data).buffer },
      strict: true,
    });
    expect(messages.filter((message) => message.type !== 'suggestion')).toEqual([]);
  });

  it('resolves to types and code that agree, for node16 and bundlers', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarballs[name].data));
    if (!result.types) throw new Error('the package has no types');
    const problems = result.problems.filter(
      // ESM only, by design: CommonJS loaders and node10 resolution are not supported.
      (problem) =>
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });

  it('holds its readme, its licence and no test or build leftovers', () => {
    const { files } = tarballs[name];
    expect(files).toContain('README.md');
    expect(files).toContain('LICENSE');
    expect(files.filter((file) => /\.test\.|fixtures|tsbuildinfo|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });
});

describe('the packed library', () => {
  it('holds one file of declarations an entry, and one that entries share', () => {
    const declarations = tarballs['recency-bias'].files.filter((file) => file.endsWith('.d.ts'));
    expect(declarations.sort()).toEqual(
      ['classifier/index', 'index', 'live/index', 'shared', 'testing/index', 'tfjs/index'].map(
        (name) => `dist/types/${name}.d.ts`,
      ),
    );
  });

  it('is under 87 kB', () => {
    expect(tarballs['recency-bias'].size).toBeLessThan(87_000);
  });

  it('adds at most 9 kB of compressed code to an application that uses recencyBias alone', async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: "export { recencyBias } from 'recency-bias';", resolveDir: root },
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      metafile: true,
      tsconfigRaw: '{}', // the built package, not its sources
    });
    expect(gzipSync(outputFiles[0]!.contents, { level: 9 }).length).toBeLessThanOrEqual(9_000);
    const taken = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => posix.basename(file));
    expect(taken).toContain('recency-bias.js');
    for (const other of ['registry.js', 'online-batch.js', 'state-codec.js', 'signals.js'])
      expect(taken).not.toContain(other);
  });

  it('draws batches in plain Node ESM without TensorFlow.js or any other package', async () => {
    const folder = await install('library', { 'recency-bias': `file:${tarballs['recency-bias'].path}` });
    const installed = (await readdir(join(folder, 'node_modules'))).filter((entry) => !entry.startsWith('.'));
    expect(installed).toEqual(['recency-bias']);
    const printed = JSON.parse(await runIn(folder, 'node', ['draw.mjs'])) as {
      drawn: number;
      selectors: string[];
    };
    expect(printed.drawn).toBe(3 * 64);
    expect(printed.selectors).toContain('recency-bias');
  });
});

describe('the library and the wasm kernels beside TensorFlow.js', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await install('tfjs', {
      'recency-bias': `file:${tarballs['recency-bias'].path}`,
      'tfjs-wasm-training': `file:${tarballs['tfjs-wasm-training'].path}`,
      '@tensorflow/tfjs': tfjs,
      '@tensorflow/tfjs-backend-wasm': tfjs,
      '@tensorflow/tfjs-backend-webgpu': tfjs,
    });
  }, 180_000);

  it('train a CNN in plain Node ESM, alike on cpu and wasm', async () => {
    const losses = JSON.parse(await runIn(folder, 'node', ['train.mjs'])) as Record<string, number[]>;
    const cpu = losses.cpu!;
    const wasm = losses.wasm!;
    expect(cpu.at(-1)!).toBeLessThan(0.5 * cpu[0]!);
    cpu.forEach((loss, epoch) => {
      expect(wasm[epoch]!).toBeCloseTo(loss, 3);
    });
  });

  it.each([
    ['node16', 'node16'],
    ['bundler', 'esnext'],
  ])('type-check with moduleResolution %s', async (moduleResolution, module) => {
    const project = `tsconfig.${moduleResolution}.json`;
    await writeFile(
      join(folder, project),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          skipLibCheck: true, // TensorFlow.js's own declarations need it
          target: 'es2022',
          types: [],
          module,
          moduleResolution,
        },
        files: ['typed.ts'],
      }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await expect(runIn(folder, 'node', [tsc, '-p', project])).resolves.toBe('');
  });

  describe('in a Vite build opened in headless Chromium', async () => {
    const { browserTests } = await import('./browser.js');
    browserTests(() => folder);
  });
});

describe('the packed lab', () => {
  it('brings a command line that runs', async () => {
    const folder = await install('lab', {
      'recency-bias': `file:${tarballs['recency-bias'].path}`,
      'tfjs-wasm-training': `file:${tarballs['tfjs-wasm-training'].path}`,
      'tfjs-backend-torch': `file:${tarballs['tfjs-backend-torch'].path}`,
      'recency-bias-lab': `file:${tarballs['recency-bias-lab'].path}`,
    });
    const bin = join(folder, 'node_modules/.bin/recency-bias');
    await expect(runIn(folder, bin, ['--version'])).resolves.toMatch(/^\d+\.\d+\.\d+\n$/);
    await expect(runIn(folder, bin, ['compare', '--help'])).resolves.toContain('--preset');
    await expect(runIn(folder, bin, ['presets'])).resolves.toContain('quick');
  }, 240_000);
});
