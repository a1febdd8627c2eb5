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
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
