import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ImageDataset } from './image-dataset.js';
import { thumbnails } from './thumbnail.js';

/** Images whose pixels count upwards. */
function counting(imageShape: ImageDataset['imageShape'], size: number): ImageDataset {
  const length = imageShape[0] * imageShape[1] * imageShape[2];
  const images = Uint8Array.from({ length: size * length }, (_, i) => (i * 7) % 256);
  const train = { size, images, labels: new Int32Array(size) };
  return { name: 'counting', imageShape, classes: 1, classNames: ['one'], train, test: train };
}

const bytesOf = (uri: string): Buffer => Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');

describe('thumbnails', () => {
  it.each([1, 3])('keeps every value of small images of %i channels', async (channels) => {
    const dataset = counting([5, 7, channels], 3);
    const [second, first] = await thumbnails(dataset, [1, 0]);
    const { images } = dataset.train as { images: Uint8Array };
    const length = 5 * 7 * channels;
    for (const [uri, index] of [
      [first!, 0],
      [second!, 1],
    ] as const) {
      expect(uri).toMatch(/^data:image\/png;base64,/);
      const file = sharp(bytesOf(uri));
      const { height, width, channels: stored } = await file.metadata();
      expect([height, width, stored]).toEqual([5, 7, channels]);
      const data = await file
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer();
      expect([...data]).toEqual([...images.subarray(index * length, (index + 1) * length)]);
    }
  });

  it('makes large images smaller, in their proportions', async () => {
    const [uri] = await thumbnails(counting([240, 480, 3], 1), [0]);
    expect(uri).toMatch(/^data:image\/jpeg;base64,/);
    const { width, height } = await sharp(bytesOf(uri!)).metadata();
    expect([width, height]).toEqual([160, 80]);
  });
});
