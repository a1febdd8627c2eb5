/** Images as data URIs, small enough to put many of them into a page. */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { gatherImages, imageLength } from './image-dataset.js';
import type { ImageDataset } from './image-dataset.js';

/** Longer side of a thumbnail in pixels; smaller images stay as they are. */
const SIDE = 160;

type Shape = ImageDataset['imageShape'];

const raw = (pixels: Uint8Array, [height, width, channels]: Shape): Sharp =>
  sharp(pixels, { raw: { height, width, channels: channels === 1 ? 1 : 3 } });

/** A PNG of an image of one (grey) or three (RGB) channels, as a data URI. */
async function pngDataUri(pixels: Uint8Array, shape: Shape): Promise<string> {
  const bytes = await raw(pixels, shape)
    .toColourspace(shape[2] === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

/** A JPEG of at most SIDE pixels a side, as a data URI. */
async function jpegDataUri(pixels: Uint8Array, shape: Shape): Promise<string> {
  const bytes = await raw(pixels, shape)
    .resize({ height: SIDE, width: SIDE, fit: 'inside' })
    .jpeg({ quality: 85 })
    .toBuffer();
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

/** Thumbnails of training images, in the order of the indices: exact as PNG, or reduced as JPEG where they are large. */
export async function thumbnails(dataset: ImageDataset, indices: readonly number[]): Promise<string[]> {
  const { train, imageShape } = dataset;
  const length = imageLength(dataset);
  const images = await gatherImages(train, Int32Array.from(indices));
  const isLarge = Math.max(imageShape[0], imageShape[1]) > SIDE;
  return Promise.all(
    indices.map(async (_, row) => {
      const pixels = images.subarray(row * length, (row + 1) * length);
      return isLarge ? jpegDataUri(pixels, imageShape) : pngDataUri(pixels, imageShape);
    }),
  );
}
