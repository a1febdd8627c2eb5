import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^recency-bias\/tfjs$/, replacement: source('packages/recency-bias/src/tfjs/index.ts') },
      {
        find: /^recency-bias\/classifier$/,
        replacement: source('packages/recency-bias/src/classifier/index.ts'),
      },
      { find: /^recency-bias\/live$/, replacement: source('packages/recency-bias/src/live/index.ts') },
      { find: /^recency-bias\/testing$/, replacement: source('packages/recency-bias/src/testing/index.ts') },
      { find: /^recency-bias$/, replacement: source('packages/recency-bias/src/index.ts') },
      {
        find: /^recency-bias-lab\/browser$/,
        replacement: source('packages/recency-bias-lab/src/browser.ts'),
      },
      { find: /^tfjs-wasm-training$/, replacement: source('packages/tfjs-wasm-training/src/index.ts') },
      { find: /^tfjs-backend-torch$/, replacement: source('packages/tfjs-backend-torch/src/index.ts') },
    ],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: [source('scripts/property-seed.ts')],
    projects: [
      {
        extends: true,
        // Tests of modules load TensorFlow.js once a worker instead of once a file.
        test: { name: 'modules', include: ['packages/*/src/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'commands',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
    ],
  },
});
