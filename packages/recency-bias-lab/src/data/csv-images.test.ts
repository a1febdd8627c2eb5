import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from './idx.js';
import { loadCsvImages } from './load-images.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'csv-'));
  await mkdir(join(dir, 'photos'));
  for (let i = 0; i < 8; i++) {
    const image = sharp({
      create: { width: 4, height: 4, channels: 3, background: { r: 20 * i, g: 0, b: 0 } },
    });
    await image.png().toFile(join(dir, 'photos', `${i}.png`));
  }
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function load(table: string, options: { testShare?: number } = {}): ReturnType<typeof loadCsvImages> {
  await writeFile(join(dir, 'table.csv'), table);
  return loadCsvImages(join(dir, 'table.csv'), { cache: join(dir, 'cache'), imageSize: 2, ...options });
}

const row = (i: number, label: string | number, ...more: string[]): string =>
  [`photos/${i}.png`, label, ...more].join();
const rows = (of: (i: number) => string): string => Array.from({ length: 8 }, (_, i) => of(i)).join('\n');

describe('csv:', () => {
  it('reads the images that a table names, with its labels and its division', async () => {
    const table = `﻿path,label,split\n${rows((i) => row(i, i % 2 === 0 ? '"cat, black"' : 'dog', i < 6 ? 'train' : 'test'))}\n`;
    const { name, classNames, imageShape, train, test } = await load(table);
    expect({ name, classNames, imageShape }).toEqual({
      name: 'csv',
      classNames: ['cat, black', 'dog'],
      imageShape: [2, 2, 3],
    });
    expect([...train.labels]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(Array.from(train.labels, (_, i) => train.images[12 * i])).toEqual([0, 20, 40, 60, 80, 100]);
    expect(test.files).toEqual(['photos/6.png', 'photos/7.png']);
  });

  it('holds a share of each class out where no column says what is for testing; numbers are in order of their values', async () => {
    const { classNames, train, test } = await load(
      `label,path\n${rows((i) => `${i % 2 === 0 ? 10 : 9},photos/${i}.png`)}`,
      {
        testShare: 0.25,
      },
    );
    expect(classNames).toEqual(['9', '10']);
    expect([train.size, test.size]).toEqual([6, 2]);
    expect([...test.labels].sort()).toEqual([0, 1]);
  });

  it('reads a table anew that has changed', async () => {
    await load(`path,label\n${rows((i) => row(i, i % 2))}`);
    const { classNames } = await load(`path,label\n${rows((i) => row(i, i % 4))}`);
    expect(classNames).toHaveLength(4);
  });

  it.each([
    ['no head', rows((i) => row(i, i % 2)), /table\.csv: expected a first line `path,label`/],
    ['an open quote', 'path,label\n"photos,1\n', /table\.csv: is no CSV: /],
    [
      'a file that is not there',
      `path,label\n${row(0, 0)}\n${row(9, 1)}`,
      /table\.csv:3: names photos\/9\.png, which is not there/,
    ],
    [
      'an image twice',
      `path,label\n${row(0, 0)}\n${row(0, 1)}`,
      /table\.csv:3: names photos\/0\.png for the second time/,
    ],
    ['one class', `path,label\n${rows((i) => row(i, 1))}`, /its images are of one class/],
    [
      'a part that nobody knows',
      `path,label,split\n${row(0, 0, 'train')}\n${row(1, 1, 'dev')}`,
      /table\.csv:3: split is "dev"; expected train or test/,
    ],
    ['no test image', `path,label,split\n${rows((i) => row(i, i % 2, 'train'))}`, /has no test image/],
    [
      'a class that is only tested',
      `path,label,split\n${row(0, 0, 'train')}\n${row(1, 1, 'test')}`,
      /has no training image of the class 1/,
    ],
  ])('refuses %s in a line', async (_, table, line) => {
    const loading = load(table);
    await expect(loading).rejects.toThrow(DataError);
    await expect(loading).rejects.toThrow(line);
  });
});
