import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tarBytes, zipBytes } from '../../test/support/archives.js';
import { loadImageFolder, loadTinyImagenet } from './load-images.js';
import type { FileTree } from './file-tree.js';
import { DataError } from './idx.js';
import { readImageFolder } from './image-folder.js';
import { imageLength } from './image-dataset.js';
import { imageHashes } from './image-hashes.js';
import { readPacked } from './packed-dataset.js';
import { readTinyImagenet } from './tiny-imagenet.js';

/** A small PNG of one colour. */
function plain(red: number, side = 6): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: { r: red, g: 7, b: 9 } } })
    .png()
    .toBuffer();
}

let shades: Buffer[];
let dir: string;
let cache: string;
beforeAll(async () => {
  shades = await Promise.all(Array.from({ length: 10 }, (_, i) => plain(20 * i)));
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'images-'));
  cache = join(dir, 'cache');
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = join(dir, 'photos');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** `cats/0.png` ... with the class's shades. */
function classFiles(prefix: string, first: number, count: number): Record<string, Buffer> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${prefix}/${i}.png`, shades[first + i]!]),
  );
}

const options = { imageSize: 2 } as const;

describe('loadImageFolder', () => {
  it('takes the folders as classes and divides each of them by the seed, the same way every time', async () => {
    const root = await write({
      ...classFiles('cats', 0, 5),
      ...classFiles('dogs', 5, 5),
      '.DS_Store': 'x',
      'cats/.hidden.png': 'x',
      'notes.txt': 'x',
    });
    const data = await loadImageFolder(root, { cache, ...options });
    expect(data).toMatchObject({ imageShape: [2, 2, 3], classNames: ['cats', 'dogs'], classes: 2 });
    expect([...data.train.labels].sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...data.test.labels].sort()).toEqual([0, 1]);
    for (const split of [data.train, data.test]) {
      split.labels.forEach((label, i) => {
        const red = split.images[12 * i]!;
        expect(Math.floor(red / 100)).toBe(label); // the image is its own class's
      });
    }
    const again = await loadImageFolder(root, { cache: join(dir, 'other'), ...options });
    expect([...again.test.images]).toEqual([...data.test.images]);
    const seeds = [1, 2, 3, 4, 5].map((splitSeed) => loadImageFolder(root, { cache, ...options, splitSeed }));
    const others = await Promise.all(seeds);
    expect(others.some(({ test }) => !Buffer.from(test.images).equals(data.test.images))).toBe(true);
  });

  it('uses the division on disk, whether the other part is called test, val or Validation', async () => {
    for (const name of ['test', 'val', 'Validation']) {
      const files = {
        ...classFiles('train/a', 0, 3),
        ...classFiles('train/b', 3, 2),
        ...classFiles(`${name}/b`, 8, 1),
      };
      const root = await write(files);
      const data = await loadImageFolder(root, { cache, ...options });
      expect([...data.train.labels]).toEqual([0, 0, 0, 1, 1]);
      expect([...data.test.labels]).toEqual([1]);
      await rm(root, { recursive: true });
    }
  });

  it('reads the same from a folder, a tar.gz and a zip with a folder around all', async () => {
    const files = { ...classFiles('cats', 0, 5), ...classFiles('dogs', 5, 5) };
    const wrapped = Object.fromEntries(
      Object.entries(files).map(([path, content]) => [`top/${path}`, content]),
    );
    const fromFolder = await loadImageFolder(await write(files), { cache, ...options });
    await writeFile(join(dir, 'a.tar.gz'), gzipSync(tarBytes(wrapped)));
    await writeFile(join(dir, 'a.zip'), zipBytes(wrapped));
    for (const archive of ['a.tar.gz', 'a.zip']) {
      const data = await loadImageFolder(join(dir, archive), { cache, ...options });
      expect(data.classNames).toEqual(['cats', 'dogs']);
      expect([...data.train.images]).toEqual([...fromFolder.train.images]);
      expect([...data.test.labels]).toEqual([...fromFolder.test.labels]);
    }
  });

  it('lists unreadable files, and leaves them out only when told to', async () => {
    const root = await write({
      ...classFiles('cats', 0, 5),
      ...classFiles('dogs', 5, 5),
      'cats/empty.jpg': '',
      'dogs/text.webp': 'hello',
      'dogs/old.bmp': 'BM',
    });
    const failure = await loadImageFolder(root, { cache, ...options }).catch((error: unknown) =>
      String(error),
    );
    expect(failure).toContain('3 files cannot be read');
    expect(failure).toContain('--skip-unreadable');
    expect(failure).toContain('cats/empty.jpg: is empty');
    const told: string[] = [];
    const skipping = { cache, ...options, skipUnreadable: true };
    for (let times = 1; times <= 2; times++) {
      const data = await loadImageFolder(root, {
        ...skipping,
        onSkipped: (_, reasons) => told.push(...reasons),
      });
      expect(data.train.size + data.test.size).toBe(10);
      expect(data.train.images).toHaveLength(12 * data.train.size);
      expect(told).toHaveLength(3 * times); // also when it comes from the cache
    }
  });

  it('says of a link that leads nowhere that it cannot be read, and of a loop of links that it is too deep', async () => {
    const root = await write({ ...classFiles('cats', 0, 5), ...classFiles('dogs', 5, 5) });
    await symlink(join(root, 'nowhere'), join(root, 'cats', 'link.png'));
    await expect(loadImageFolder(root, { cache, ...options })).rejects.toThrow(
      /cats\/link\.png: cannot be read \(ENOENT\)/,
    );
    await symlink(root, join(root, 'dogs', 'loop'));
    await expect(loadImageFolder(root, { cache, ...options })).rejects.toThrow(
      /nested more than 16 folders deep/,
    );
  });

  it('decodes on demand when the memory limit is too small, and says what to do about an archive', async () => {
    const files = { ...classFiles('cats', 0, 5), ...classFiles('dogs', 5, 5) };
    const root = await write(files);
    const small = { cache, ...options, memoryLimit: 1e-4 };
    const lazy = await loadImageFolder(root, small);
    const whole = await loadImageFolder(root, { cache, ...options });
    expect([...lazy.train.labels]).toEqual([...whole.train.labels]);
    const all = Int32Array.from(whole.train.labels.keys());
    expect([...(await lazy.train.source!.gather(all))]).toEqual([...whole.train.images]);
    await writeFile(join(dir, 'a.zip'), zipBytes(files));
    await expect(loadImageFolder(join(dir, 'a.zip'), small)).rejects.toThrow(/unpack the archive/);
  });

  it('decodes once, and again when a file or an option changes or the cache is damaged', async () => {
    const root = await write({ ...classFiles('cats', 0, 5), ...classFiles('dogs', 5, 5) });
    let decoded = 0;
    const load = (more: object = {}) =>
      loadImageFolder(root, { cache, ...options, ...more, onProgress: () => decoded++ });
    const first = await load();
    expect(decoded).toBe(10);
    const kept = await load();
    expect(Buffer.from(kept.train.images).equals(first.train.images)).toBe(true);
    expect(kept.train.pixelHashes, 'the hashes are kept as well').toEqual(
      await imageHashes(first.train, imageLength(first)),
    );
    expect(decoded).toBe(10);
    await load({ imageSize: 3 });
    expect(decoded).toBe(20);
    await writeFile(join(root, 'cats/0.png'), await plain(255, 9));
    await load();
    expect(decoded).toBe(30);
    for (const name of await readdir(join(cache, 'decoded'))) {
      const path = join(cache, 'decoded', name);
      const bytes = await readFile(path);
      bytes[bytes.length - 40]! ^= 1;
      await writeFile(path, bytes);
    }
    await load();
    expect(decoded).toBe(40);
  });

  it.each([
    ['no images', { 'a/x.txt': 'x' }, /holds no images/],
    ['one class', { 'a/x.png': 'x', 'a/y.png': 'y' }, /all images are in one folder \(a\)/],
    ['images in no folder', { 'x.png': 'x' }, /its images are in no folder/],
    [
      'a test class without training images',
      { 'train/a/x.png': 'x', 'train/b/x.png': 'x', 'test/a/x.png': 'x', 'test/c/x.png': 'x' },
      /test\/c: is a class that the training images do not have/,
    ],
  ])('explains %s', async (_, files, message) => {
    await expect(loadImageFolder(await write(files), { cache, ...options })).rejects.toThrow(message);
  });
});

/** A tree of files that are never read. */
const treeOf = (paths: readonly string[], texts: Readonly<Record<string, string>> = {}): FileTree => ({
  title: 'tree',
  paths: [...new Set(paths)].sort(),
  emptyFolders: [],
  fingerprint: '',
  read: async (wanted, onFile) => {
    for (const path of wanted) await onFile(path, Buffer.from(texts[path] ?? ''));
  },
});

/** Paths that look like those of data sets, in all confusions. */
const anyPaths = fc.array(
  fc
    .array(fc.constantFrom('train', 'test', 'val', 'images', 'n01', 'n02', 'a', 'b', '__proto__', 'é'), {
      maxLength: 4,
    })
    .chain((folders) =>
      fc.constantFrom('x.png', 'y.JPG', 'z.bmp', 't.txt', 'no').map((file) => [...folders, file].join('/')),
    ),
  { maxLength: 12 },
);

describe('readImageFolder', () => {
  it('gives any tree of files classes and a division without overlap, or a DataError', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPaths,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        async (paths, testShare) => {
          try {
            const { train, test, classNames } = await readImageFolder(treeOf(paths), { testShare });
            const used = [...train.paths, ...test.paths];
            expect(new Set(used).size).toBe(used.length);
            expect(used.every((path) => paths.includes(path))).toBe(true);
            expect(classNames.length).toBeGreaterThanOrEqual(2);
            for (const { paths: files, labels } of [train, test]) {
              expect(labels).toHaveLength(files.length);
              files.forEach((path, i) => {
                expect(path.split('/')).toContain(classNames[labels[i]!]);
              });
            }
          } catch (error) {
            if (!(error instanceof DataError)) throw error;
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('folders that cannot be learnt from', () => {
  it('are said to have an empty class', async () => {
    const root = await write({
      ...classFiles('cats', 0, 3),
      ...classFiles('dogs', 3, 3),
      'cows/.DS_Store': 'x',
    });
    await expect(loadImageFolder(root, { cache, ...options })).rejects.toThrow(
      `${root}: the folder cows is empty; put images of that class into it, or remove it`,
    );
  });

  it('are said to have a class of a single image', async () => {
    const root = await write({ ...classFiles('cats', 0, 3), ...classFiles('dogs', 3, 1) });
    await expect(loadImageFolder(root, { cache, ...options })).rejects.toThrow(
      /the class dogs has a single image \(dogs\/0.png\); at least two are needed/,
    );
  });

  it('are said to have lost a class whose images are all unreadable', async () => {
    const root = await write({
      ...classFiles('cats', 0, 5),
      'dogs/a.png': 'x',
      'dogs/b.png': 'x',
      'dogs/c.png': 'x',
    });
    await expect(loadImageFolder(root, { cache, ...options, skipUnreadable: true })).rejects.toThrow(
      'the class dogs has no readable training images',
    );
  });
});

describe('folders with lists', () => {
  const lists = { trainList: 'Train.txt', testList: 'Test.txt' } as const;
  const photos = (): Record<string, Buffer> => ({
    ...classFiles('Images/bar', 0, 4),
    ...classFiles('Images/attic', 4, 4),
  });

  it('are divided as these say, images of no list left out (MIT-67)', async () => {
    const root = await write({
      ...photos(),
      'Train.txt': 'bar/0.png\r\nattic/1.png\r\nattic/2.png\r\n',
      'Test.txt': 'bar/3.png\nattic/3.png',
    });
    const { classNames, train, test } = await loadImageFolder(root, { cache, ...options, ...lists });
    expect(classNames).toEqual(['attic', 'bar']);
    expect([...train.labels]).toEqual([0, 0, 1]);
    expect([...test.labels]).toEqual([0, 1]);
    const first = (split: { images: Uint8Array }, i: number): number => split.images[i * 12]!;
    expect([first(train, 2), first(test, 1)]).toEqual([0, 60]);
  });

  it('test on the list alone and train on the rest where there is no other', async () => {
    const root = await write({ ...photos(), 'Test.txt': 'bar/3.png\nattic/3.png' });
    const { train, test } = await loadImageFolder(root, { cache, ...options, testList: 'Test.txt' });
    expect([train.size, test.size]).toEqual([6, 2]);
  });

  it('call their classes as the class file does (FOOD-100)', async () => {
    const root = await write({
      ...classFiles('1', 0, 4),
      ...classFiles('10', 4, 4),
      'category.txt': 'id\tname\n1\trice\n10\teels on rice\n',
    });
    const { classNames } = await loadImageFolder(root, { cache, ...options, classFile: 'category.txt' });
    expect(classNames).toEqual(['rice', 'eels on rice']);
  });

  it.each([
    ['a list that is not there', {}, 'holds no file Train.txt'],
    [
      'an image that is not there',
      { 'Train.txt': 'bar/0.png\nbar/7.png', 'Test.txt': 'bar/1.png' },
      'Train.txt:2: names bar/7.png, which is not there',
    ],
    [
      'an image of both lists',
      { 'Train.txt': 'bar/0.png', 'Test.txt': 'bar/0.png' },
      'Images/bar/0.png is in both Train.txt and Test.txt',
    ],
  ])('name %s', async (_, files, message) => {
    const root = await write({ ...photos(), ...files });
    await expect(loadImageFolder(root, { cache, ...options, ...lists })).rejects.toThrow(message);
  });
});

describe('readTinyImagenet', () => {
  it('gives any tree and any annotations consistent labels, or a DataError', async () => {
    const line = fc
      .tuple(fc.constantFrom('x.png', 'y.JPG', 'q', '../x'), fc.constantFrom('n01', 'n02', 'n9', ''))
      .map((parts) => parts.join('\t'));
    const annotations = fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n'));
    const valid = [
      'train/n01/images/x.png',
      'train/n02/images/x.png',
      'val/images/x.png',
      'val/images/y.JPG',
    ];
    await fc.assert(
      fc.asyncProperty(anyPaths, annotations, fc.boolean(), async (paths, text, isWhole) => {
        const name = 'val/val_annotations.txt';
        const tree = treeOf([...paths, ...(isWhole ? valid : []), name], { [name]: text });
        try {
          const { train, test, classNames } = await readTinyImagenet(tree);
          expect(test.paths.every((path) => tree.paths.includes(path))).toBe(true);
          for (const { paths: files, labels } of [train, test]) {
            expect(labels).toHaveLength(files.length);
            expect(labels.every((label) => label < classNames.length)).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('loadTinyImagenet', () => {
  const official = (): Record<string, Uint8Array | string> => ({
    ...classFiles('tiny/train/n02/images', 0, 3),
    ...classFiles('tiny/train/n01/images', 5, 2),
    'tiny/train/n01/n01_boxes.txt': 'x',
    'tiny/val/images/val_0.png': shades[9]!,
    'tiny/val/images/val_1.png': shades[1]!,
    'tiny/val/val_annotations.txt': 'val_1.png\tn02\t0\t0\t1\t1\nval_0.png\tn01\t0\t0\t1\t1\n',
    'tiny/test/images/test_0.png': shades[0]!,
    'tiny/words.txt': 'n01\tgoldfish, Carassius auratus\nn02\tbullfrog\n',
  });

  it('reads the official layout at the size of its images, the validation images as test data', async () => {
    await writeFile(join(dir, 'tiny.zip'), zipBytes(official()));
    const data = await loadTinyImagenet(join(dir, 'tiny.zip'), { cache });
    expect(data).toMatchObject({ imageShape: [6, 6, 3], classNames: ['goldfish', 'bullfrog'] });
    expect([...data.train.labels]).toEqual([0, 0, 1, 1, 1]);
    expect([...data.test.labels]).toEqual([0, 1]);
    expect(data.test.images[0]).toBe(180);
    const fromFolder = await loadTinyImagenet(await write(official()), { cache });
    expect([...fromFolder.test.images]).toEqual([...data.test.images]);
  });

  it.each([
    ['an unknown class', 'val_0.png\tn09\n', /val_annotations\.txt:1: has the class "n09"/],
    ['a missing image', 'val_7.png\tn01\n', /:1: names val_7\.png, which is not there/],
    ['an image twice', 'val_0.png\tn01\nval_0.png\tn02\n', /:2: names val_0\.png a second time/],
    ['nothing', '\n', /val_annotations\.txt: is empty/],
  ])('explains annotations that name %s', async (_, text, message) => {
    const root = await write({ ...official(), 'tiny/val/val_annotations.txt': text });
    await expect(loadTinyImagenet(root, { cache })).rejects.toThrow(message);
  });
});

describe('readPacked', () => {
  it('gives nothing for a file that is cut off or changed anywhere', async () => {
    const root = await write({ ...classFiles('cats', 0, 5), ...classFiles('dogs', 5, 5) });
    await loadImageFolder(root, { cache, ...options });
    const [name = ''] = await readdir(join(cache, 'decoded'));
    const path = join(cache, 'decoded', name);
    const good = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const bytes = Buffer.from(good);
          bytes[at]! ^= flip;
          await writeFile(path, cut ? good.subarray(0, at) : bytes);
          expect(await readPacked(path)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});
