/** Downloads with the user's own npm configuration: registry, proxy, certificates, credentials, offline mode. */
import { createRequire } from 'node:module';
import { createWriteStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pacote from 'pacote';
import type NpmConfig from '@npmcli/config';

const require = createRequire(import.meta.url);

/**
 * Reads npm's configuration as npm itself would in this folder: the `.npmrc` files and `npm_config_*` variables, so the
 * result is the same whether a program was started by `npm start` or by its own name.
 */
async function npmOptions(): Promise<pacote.Options> {
  const Config = require('@npmcli/config') as typeof NpmConfig;
  const definitions = require('@npmcli/config/lib/definitions') as Pick<
    NpmConfig.Options,
    'definitions' | 'shorthands' | 'flatten'
  >;
  const config = new Config({
    ...definitions,
    // Where a distribution of npm keeps its built-in npmrc; a missing one is no error.
    npmPath: resolve(dirname(process.execPath), '../lib/node_modules/npm'),
    argv: [],
    warn: false,
  } as NpmConfig.Options);
  await config.load();
  // Two minutes of npm's patient retries would look like a hang to somebody who is offline.
  const { flat } = config as { flat: { retry?: object } };
  return { ...flat, retry: { ...flat.retry, retries: 1, minTimeout: 500, maxTimeout: 2000 } };
}

/** Loads what fetches packages: hundreds of modules, which a process that finds everything in the cache need not read. */
async function loadPacote(): Promise<typeof pacote> {
  const { default: loaded } = await import('pacote');
  return loaded;
}

/** Called as bytes arrive, with the number received so far. */
export type DownloadProgress = (receivedBytes: number) => void;

/**
 * Saves an npm package's tarball (`name@version`) or the file at an https address to `path`, and says how many
 * bytes arrive.
 */
export async function download(spec: string, path: string, onProgress?: DownloadProgress): Promise<void> {
  const options = await npmOptions();
  const { tarball } = await loadPacote();
  await tarball.stream(
    spec,
    async (stream) => {
      let received = 0; // pacote may call this again for a second attempt
      const meter = new Transform({
        transform(chunk: Uint8Array, _encoding, done) {
          received += chunk.length;
          onProgress?.(received);
          done(null, chunk);
        },
      });
      await pipeline(stream, meter, createWriteStream(path));
    },
    options,
  );
}

/** Unpacks a tarball that `download` saved. */
export async function unpack(tarball: string, folder: string): Promise<void> {
  const { extract } = await loadPacote();
  await extract(`file:${tarball}`, folder, await npmOptions());
}
