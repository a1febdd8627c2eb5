import { describe, expect, it } from 'vitest';
import { heldOut, photosOf, type FolderFile } from './read-photos.js';

const file = (path: string): FolderFile =>
  Object.assign(new Blob(), { name: path.split('/').at(-1)!, webkitRelativePath: path });

describe('the photos of a folder', () => {
  it('are labelled by their folders, in alphabetic order, and only images count', () => {
    const { classes, photos } = photosOf(
      [
        'flowers/tulip/a.jpg',
        'flowers/rose/b.PNG',
        'flowers/rose/notes.txt',
        'flowers/cover.jpg',
        'flowers/.x/.c.jpg',
      ].map(file),
    );
    expect(classes).toEqual(['rose', 'tulip']);
    expect(photos.map(({ name, label }) => [name, label])).toEqual([
      ['a.jpg', 1],
      ['b.PNG', 0],
    ]);
  });

  it('are refused where there are not two classes', () => {
    expect(() => photosOf([file('flowers/rose/a.jpg')])).toThrow('one folder of photos');
    expect(() => photosOf([file('flowers/a.jpg')])).toThrow('no folder of photos');
  });

  it('are held out one in five of each class', () => {
    expect(heldOut([0, 0, 0, 0, 0, 1, 1]).map(Number)).toEqual([0, 0, 0, 0, 1, 0, 0]);
  });
});
