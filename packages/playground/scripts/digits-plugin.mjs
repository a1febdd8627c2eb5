/** Serves and emits digits.bin: the digits of the page, packed from MNIST, which the lab fetches and keeps. */
import { gzipSync } from 'node:zlib';
import { cacheDirectory } from '../../recency-bias-lab/dist/data/cache.js';
import { loadMnist } from '../../recency-bias-lab/dist/data/mnist.js';
import { packDigits, TEST_DIGITS, TRAINING_DIGITS } from '../src/digits/packed-digits.ts';

const FILE = 'digits.bin';

async function packed() {
  const { train, test } = await loadMnist({ cache: cacheDirectory() });
  return gzipSync(packDigits(head(train, TRAINING_DIGITS), head(test, TEST_DIGITS)), { level: 9 });
}

function head({ images, labels }, size) {
  return { size, images: images.subarray(0, size * 784), labels: labels.subarray(0, size) };
}

/** The plugin. */
export function digits() {
  let content;
  return {
    name: 'digits',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (!request.url?.split('?')[0]?.endsWith(`/${FILE}`)) return next();
        content ??= packed();
        content.then((bytes) => {
          response.setHeader('content-type', 'application/octet-stream');
          response.end(bytes);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: await packed() });
    },
  };
}
