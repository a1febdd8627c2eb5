/** Sources that are one archive: at its official address, or put into the cache by hand. */
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readArchive } from './archive.js';
import { download } from './npm-download.js';
import { hasChecksum } from './verified-folder.js';
import type { Checksum, Source } from './verified-folder.js';

/** An official archive. */
export interface OfficialArchive {
  readonly address: string;
  readonly bytes: number;
  readonly checksum: Checksum;
  /** Base names of the files to take out of it. */
  readonly files: readonly string[];
}

async function takeOut(archive: string, folder: string, { checksum, files }: OfficialArchive): Promise<void> {
  if (!(await hasChecksum(archive, checksum))) {
    throw new Error(`${basename(archive)} is not the official archive (its checksum differs)`);
  }
  await readArchive(archive, (path, content) => writeFile(join(folder, basename(path)), content), {
    select: (path) => files.includes(basename(path)),
    maxFileBytes: 2 ** 28,
  });
}

/** The archive in the cache folder, if somebody put it there, then the official address. */
export function archiveSources(archive: OfficialArchive): Source[] {
  const { address, bytes } = archive;
  const name = basename(address);
  return [
    {
      title: `${name} in the cache folder`,
      fetch: async (folder) => {
        const path = join(dirname(folder), name);
        if (!existsSync(path)) throw new Error('is not there');
        await takeOut(path, folder, archive);
      },
    },
    {
      title: address,
      fetch: async (folder, onProgress) => {
        const path = join(folder, name);
        await download(address, path, (receivedBytes) => {
          onProgress?.({ source: address, receivedBytes, totalBytes: bytes });
        });
        await takeOut(path, folder, archive);
      },
    },
  ];
}
