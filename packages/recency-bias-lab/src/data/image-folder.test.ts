import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileTree } from './file-tree.js';
import { partOf } from './folder-layout.js';
import { readImageFolder } from './image-folder.js';

/** A tree of files that are never read. */
const treeOf = (paths: readonly string[]): FileTree => ({
  title: 'photos',
  paths: [...paths].sort(),
  emptyFolders: [],
  fingerprint: '',
  read: () => Promise.resolve(),
});

const photos = (prefix: string, count = 4): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}/${i}.jpg`);

const classes = (part: string): string[] => [...photos(`${part}/cats`), ...photos(`${part}/dogs`)];

describe('a division in folders', () => {
  it.each([
    ['train', 'test'],
    ['Training', 'Testing'],
    ['training_set', 'test_set'],
    ['seg_train', 'seg_test'],
    ['train_images', 'test_images'],
    ['train_data', 'val_data'],
    ['trainset', 'testset'],
    ['train', 'dev'],
    ['train', 'eval'],
    ['Train Set', 'Validation Set'],
    ['images/train', 'images/val'],
    ['train2017', 'val2017'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
  ])('is recognised: %s and %s', async (train, test) => {
    const found = await readImageFolder(treeOf([...classes(train), ...classes(test)]));
    expect(found.classNames).toEqual(['cats', 'dogs']);
    expect(found.train.paths).toEqual(classes(train));
    expect(found.test.paths).toEqual(classes(test));
    expect(found.final).toBeUndefined();
  });

  it('of three parts holds out the one for validation, and leaves the one for testing for the end', async () => {
    const found = await readImageFolder(treeOf([...classes('train'), ...classes('val'), ...classes('test')]));
    expect([found.train, found.test, found.final].map((part) => part?.paths[0])).toEqual([
      'train/cats/0.jpg',
      'val/cats/0.jpg',
      'test/cats/0.jpg',
    ]);
    expect(found.notices).toEqual([
      'val is held out and chooses the best epoch; the 8 images of test are left for the end',
    ]);
  });

  it('that leaves a class unmeasured, or a folder unused, says so', async () => {
    const files = [...classes('train'), ...photos('test/cats'), ...photos('pred')];
    const { notices } = await readImageFolder(treeOf(files));
    expect(notices).toEqual([
      'photos: test holds no image of dogs: how well that is recognised is not measured',
      'not used: pred, which is no part of the division',
    ]);
  });

  it.each([
    [
      'folders that all hold the same ones',
      [...classes('one'), ...classes('two')],
      /each of its folders \(one, two\) holds the same folders \(cats, dogs\)/,
    ],
    [
      'classes that are divided each',
      ['cats', 'dogs'].flatMap((name) => [...photos(`${name}/train`), ...photos(`${name}/test`)]),
      /holds the same folders \(test, train\)/,
    ],
    [
      'a training folder beside one that is not known',
      [...classes('train'), ...photos('more/birds')],
      /train holds folders \(cats, dogs\), and beside it is more/,
    ],
    [
      'parts without classes',
      [...photos('train'), ...photos('test')],
      /its folders are test, train, and hold no folders of classes/,
    ],
  ])('that is not understood is refused and named: %s', async (_, files, message) => {
    await expect(readImageFolder(treeOf(files))).rejects.toThrow(message);
  });

  it('is not seen in names of classes', () => {
    for (const name of [
      'trains',
      'trainers',
      'tested',
      'images',
      'set',
      'train station',
      'val d or',
      'eval-kit',
      '2017',
      '',
    ]) {
      expect([name, partOf(name)]).toEqual([name, undefined]);
    }
  });
});

describe('folders of classes', () => {
  it('are in ascending order of their names, whatever follows in the paths', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-c .\-_]{1,5}[a-c]$/), { minLength: 2, maxLength: 8 }),
        async (names) => {
          fc.pre(names.every((name) => !name.startsWith('.')));
          const { classNames } = await readImageFolder(treeOf(names.flatMap((name) => photos(name))));
          expect(classNames).toEqual([...names].sort());
        },
      ),
    );
    const names = ['cat big', 'cat-big', 'cat.old', 'cat', 'catfish'];
    const { classNames } = await readImageFolder(treeOf(names.flatMap((name) => photos(name))));
    expect(classNames).toEqual(['cat', 'cat big', 'cat-big', 'cat.old', 'catfish']);
  });

  it('without a photo that is known as one are an error, and those of lists are none', async () => {
    const good = [...photos('a'), ...photos('b')];
    await expect(readImageFolder(treeOf([...good, 'c/img0', 'c/img1']))).rejects.toThrow(
      'photos: the folder c holds no file that is known as an image (c/img0, c/img1)',
    );
    await expect(readImageFolder(treeOf([...good, 'c/x.jpg_large']))).rejects.toThrow(
      'the folder c holds no',
    );
    const { classNames } = await readImageFolder(treeOf([...good, 'annotations/x.xml', 'labels/a/x.txt']));
    expect(classNames).toEqual(['a', 'b']);
    const raw = await readImageFolder(treeOf([...good, ...['c/1.CR2', 'c/2.CR2']]));
    expect(raw.classNames).toEqual(['a', 'b', 'c']); // its files will be named as unreadable
  });

  it('with loose images beside them name these', async () => {
    const { notices } = await readImageFolder(treeOf([...photos('a'), ...photos('b'), 'x.jpg', 'y.heic']));
    expect(notices).toEqual([
      '2 images lie beside the folders of the classes, in none of them: left out (x.jpg, y.heic)',
    ]);
  });
});
