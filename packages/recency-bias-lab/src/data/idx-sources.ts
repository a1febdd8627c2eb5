/** Sources of compressed IDX files: a web address, a folder of this machine. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { IDX_FILES } from './idx-folder.js';
import { download } from './npm-download.js';
import type { Source } from './verified-folder.js';

const FILES = Object.values(IDX_FILES);
/** More than the largest of the files unpacked, 47 MB. */
const MAX_BYTES = 64 * 2 ** 20;

async function unpackInto(folder: string, name: string, compressed: Uint8Array): Promise<void> {
  await writeFile(join(folder, name), gunzipSync(compressed, { maxOutputLength: MAX_BYTES }));
}

/** The four files as `<address><name>.gz`. */
export function idxAddress(address: string): Source {
  return {
    title: address,
    fetch: async (folder, onProgress) => {
      for (const name of FILES) {
        const compressed = join(folder, `${name}.gz`);
        await download(`${address}${name}.gz`, compressed, (receivedBytes) => {
          onProgress?.({ source: `${address}${name}.gz`, receivedBytes });
        });
        await unpackInto(folder, name, await readFile(compressed));
        await rm(compressed);
      }
    },
  };
}

/** The four files as `<directory>/<name>.gz`. */
export function idxDirectory(directory: string, title: string): Source {
  return {
    title,
    fetch: async (folder) => {
      if (!existsSync(directory)) throw new Error(`is not installed (${directory} does not exist)`);
      for (const name of FILES) {
        await unpackInto(folder, name, await readFile(join(directory, `${name}.gz`)));
      }
    },
  };
}
