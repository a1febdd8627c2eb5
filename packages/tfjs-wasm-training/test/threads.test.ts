import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const binaries = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browserPath = [process.env.CHROMIUM, ...places].find((path) => path !== undefined && existsSync(path));

/** The report of the page. */
interface Report {
  shared: boolean;
  /** The losses of a few steps. */
  cpu: number[];
  wasm: number[];
}

const program = `
  import * as tf from '@tensorflow/tfjs';
  import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  import '../src/index.ts';

  const losses = async (backend) => {
    await tf.setBackend(backend);
    const seeded = (seed) => tf.initializers.heNormal({ seed });
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ inputShape: [8, 8, 2], filters: 6, kernelSize: 3, kernelInitializer: seeded(1) }));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.reLU());
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
    model.add(tf.layers.flatten());
    model.add(tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) }));
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
    const xs = tf.randomNormal([12, 8, 8, 2], 0, 1, 'float32', 3);
    const ys = tf.range(0, 12).mod(3);
    const history = [];
    for (let step = 0; step < 5; step++) history.push(await model.trainOnBatch(xs, ys));
    return history;
  };
  setWasmPaths('/');
  globalThis.report = (async () => {
    const cpu = await losses('cpu');
    const wasm = await losses('wasm');
    const shared = tf.backend().wasm.HEAPU8.buffer instanceof SharedArrayBuffer;
    return { shared, cpu, wasm };
  })();
`;

/** Serves the page under the headers that let it share memory between threads. */
async function serve(bundle: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><script type="module" src="/app.js"></script>');
    } else if (path === '/app.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(bundle);
    } else if (path.endsWith('.wasm')) {
      response.setHeader('Content-Type', 'application/wasm');
      readFile(join(binaries, path)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(browserPath === undefined && process.env.CI !== 'true')(
  'the threaded build of the backend',
  () => {
    let server: Server;

    beforeAll(async () => {
      const { outputFiles } = await build({
        stdin: { contents: program, resolveDir: here },
        bundle: true,
        format: 'esm',
        platform: 'browser',
        mainFields: ['module', 'main'],
        write: false,
        logLevel: 'error',
      });
      server = await serve(outputFiles[0]!.text);
    });

    afterAll(() => {
      server.close();
    });

    it('trains in a browser on its shared memory as the cpu backend does', async () => {
      if (browserPath === undefined) throw new Error('Chromium is needed: set CHROMIUM to its path.');
      const browser = await chromium.launch({
        executablePath: browserPath,
        args: ['--no-sandbox', '--disable-gpu'],
      });
      try {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        await page.waitForFunction('globalThis.report !== undefined');
        const report = await page.evaluate<Report>('globalThis.report');
        expect(report.shared).toBe(true);
        expect(report.wasm.at(-1)).toBeLessThan(report.wasm[0]!);
        for (const [step, loss] of report.cpu.entries()) expect(report.wasm[step]).toBeCloseTo(loss, 4);
      } finally {
        await browser.close();
      }
    });
  },
);
