import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { digits } from './scripts/digits-plugin.mjs';

export default defineConfig({
  root: import.meta.dirname,
  // Addresses are relative, so that the page works in any folder of a host.
  base: './',
  plugins: [digits()],
  resolve: {
    alias: [
      {
        find: /^@tensorflow\/tfjs-(backend-cpu|backend-webgl|converter)$/,
        replacement: fileURLToPath(new URL('src/training/absent.ts', import.meta.url)),
      },
    ],
  },
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 1500, reportCompressedSize: false },
});
