/** The pixels of a photo in a page. */
import type { RgbImage } from './resample.js';

/** A photo as pages have it: an image element, a video (its frame at the moment), a canvas, or an ImageBitmap. */
export type Photo = HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap;

/** Pixels of the largest canvas that phones allow. */
const MAX_PIXELS = 2 ** 24;

function sizeOf(photo: Photo): { readonly height: number; readonly width: number } {
  if ('naturalHeight' in photo) return { height: photo.naturalHeight, width: photo.naturalWidth };
  if ('videoHeight' in photo) return { height: photo.videoHeight, width: photo.videoWidth };
  return { height: photo.height, width: photo.width };
}

function canvasOf(
  height: number,
  width: number,
): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D {
  const canvas =
    typeof OffscreenCanvas === 'undefined'
      ? Object.assign(document.createElement('canvas'), { height, width })
      : new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || !('drawImage' in context)) throw new Error('classify: this browser has no canvas.');
  return context;
}

/**
 * Reads a photo, upright, transparency over black.
 * @throws Error when it has not been loaded, or comes from another site that does not let pages read it.
 */
export async function photoPixels(photo: Photo): Promise<RgbImage> {
  if ('decode' in photo) await photo.decode();
  const size = sizeOf(photo);
  if (size.height === 0 || size.width === 0) {
    throw new Error('classify: the photo has no pixels yet; wait until it is loaded, or the video plays.');
  }
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (size.height * size.width)));
  const height = Math.max(1, Math.floor(size.height * scale));
  const width = Math.max(1, Math.floor(size.width * scale));
  const context = canvasOf(height, width);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(photo, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const values = new Float32Array(height * width * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    values[to++] = data[from]!;
    values[to++] = data[from + 1]!;
    values[to++] = data[from + 2]!;
  }
  return { height, width, values };
}
