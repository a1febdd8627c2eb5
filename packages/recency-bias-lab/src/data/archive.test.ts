import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarBytes, zipBytes } from '../../test/support/archives.js';
import { readArchive } from './archive.js';
import type { ArchiveOptions } from './archive.js';
import { DataError } from './idx.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const FILES = { 'a/one.txt': 'one', 'a/two.txt': 'x'.repeat(3000), 'three.txt': '' };

async function read(bytes: Uint8Array, options?: ArchiveOptions): Promise<Record<string, string>> {
  const path = join(dir, 'archive');
  await writeFile(path, bytes);
  const found: Record<string, string> = {};
  await readArchive(
    path,
    (name, content) => {
      found[name] = Buffer.from(content).toString();
    },
    options,
  );
  return found;
}

const KINDS = {
  tar: tarBytes,
  'tar.gz': (files: typeof FILES) => gzipSync(tarBytes(files)),
  zip: zipBytes,
};

describe.each(Object.entries(KINDS))('readArchive of a %s', (_, make) => {
  it('hands over every file, or those selected', async () => {
    expect(await read(make(FILES))).toEqual(FILES);
    expect(await read(make(FILES), { select: (path) => path.startsWith('a/o') })).toEqual({
      'a/one.txt': 'one',
    });
  });

  it.each(['../evil.txt', 'a/../../evil.txt', '/etc/evil.txt', 'a\\..\\..\\evil.txt'])(
    'refuses the path %s, which leads out of the archive',
    async (path) => {
      await expect(read(make({ ...FILES, [path]: 'evil' }))).rejects.toThrow(DataError);
    },
  );

  it('refuses more bytes, larger files and more entries than allowed', async () => {
    await expect(read(make(FILES), { maxFileBytes: 100 })).rejects.toThrow(
      /a\/two\.txt has 3000 bytes; at most 100/,
    );
    await expect(read(make(FILES), { maxBytes: 3002 })).rejects.toThrow(/unpacks to more than 3002 bytes/);
    await expect(read(make(FILES), { maxEntries: 2 })).rejects.toThrow(/more than 2 entries/);
  });

  it('passes on what the receiver throws', async () => {
    const path = join(dir, 'receiver');
    await writeFile(path, make(FILES));
    const stop = () => Promise.reject(new Error('no more'));
    await expect(readArchive(path, stop)).rejects.toThrow('no more');
  });

  it('answers damage anywhere with the right files or a DataError, nothing else', async () => {
    const good = make(FILES);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), fc.boolean(), async (at, bit, truncate) => {
        const bytes = Buffer.from(good);
        bytes[at]! ^= 1 << bit;
        try {
          const found = await read(truncate ? bytes.subarray(0, at) : bytes);
          expect(Object.keys(found).length).toBeLessThanOrEqual(3);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('readArchive', () => {
  it('notices content that does not have its checksum, in a tar.gz and a zip', async () => {
    const gz = gzipSync(tarBytes(FILES));
    gz[gz.length - 6]! ^= 1; // of the stored checksum
    await expect(read(gz)).rejects.toThrow(/is damaged \(incorrect data check\); fetch it again/);
    const zip = zipBytes(FILES);
    zip[zip.indexOf('PK\x01\x02', 0, 'latin1') + 16]! ^= 1;
    await expect(read(zip)).rejects.toThrow(/the checksum of a\/one\.txt is wrong/);
  });

  it('does not unpack a zip entry beyond the size that it declares', async () => {
    const bomb = zipBytes({ 'zeros.bin': new Uint8Array(5_000_000) }, { claimed: 10 });
    await expect(read(bomb)).rejects.toThrow(/too many bytes in the stream/);
  });

  it('says what is empty, missing, or no archive', async () => {
    await expect(read(new Uint8Array(0))).rejects.toThrow(/is empty$/);
    await expect(read(Buffer.from('hello'))).rejects.toThrow(/is neither a tar, a tar\.gz nor a zip archive/);
    await expect(readArchive(join(dir, 'none'), () => undefined)).rejects.toThrow(/none: does not exist/);
  });
});
