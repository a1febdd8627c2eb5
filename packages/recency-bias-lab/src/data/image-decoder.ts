/**
 * Decodes image files into pixels of one size. The work is done by libvips in threads of its own, so many
 * calls under way at once use all cores.
 */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { DataError } from './idx.js';
import { checkFormat } from './image-formats.js';

// Files are read once: what libvips would remember of them is memory lost.
sharp.cache(false);
// One thread an image: many small images are decoded at once.
sharp.concurrency(1);

/** How an image of another shape is brought to the one wanted. */
export type Fit = 'crop' | 'stretch' | 'pad';

/** The shape that every image is given. */
export interface TargetImage {
  readonly height: number;
  readonly width: number;
  /** 1: luminance; 3: red, green, blue. Grey images become three equal channels, transparency goes over black. */
  readonly channels: 1 | 3;
  /** `crop` cuts away what is too long on both sides, `pad` adds black, `stretch` distorts. Default `crop`. */
  readonly fit?: Fit;
}

/** More pixels than any photo has; a file that claims more is a bomb. */
export const MAX_PIXELS = 100_000_000;

const FITS = { crop: 'cover', stretch: 'fill', pad: 'contain' } as const;
const BLACK = { r: 0, g: 0, b: 0 };

/** An error of sharp in a few words. */
function reasonOf(error: unknown): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const reason = first.replace(/^Input (buffer|file) /, '').trim();
  // libvips forgets the cause when another image is decoded at the same time.
  return reason === '' || reason === 'Unknown error' ? 'it is truncated or damaged' : reason;
}

/** Opens an encoded image of one of the formats that are read; anything else that libvips could read is refused. */
function opened(encoded: Uint8Array, source: string): Sharp {
  checkFormat(encoded, source);
  return sharp(encoded, { limitInputPixels: MAX_PIXELS, failOn: 'truncated', sequentialRead: true });
}

/** Runs `decode` and turns what goes wrong into a DataError that names the file. */
async function orDataError<T>(source: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${source}: cannot be decoded (${reasonOf(error)})`);
  }
}

/**
 * Decodes an image and brings it to a shape. The orientation that cameras write into JPEG files is applied; 16-bit
 * images are reduced to 8 bits.
 * @param encoded the file's content
 * @param source how to name the file in errors
 * @returns height x width x channels bytes, row-major
 * @throws DataError when the file is empty, truncated, damaged, of another format, or has more than MAX_PIXELS pixels.
 */
export function decodeImage(encoded: Uint8Array, source: string, target: TargetImage): Promise<Uint8Array> {
  const { height, width, channels, fit = 'crop' } = target;
  return orDataError(source, async () => {
    const image = opened(encoded, source);
    const { data, info } = await image
      .autoOrient()
      .flatten({ background: BLACK })
      .resize({ width, height, fit: FITS[fit], background: BLACK, kernel: 'lanczos3' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (data.length === height * width * channels) return data;
    return withChannels(data, info.channels, channels);
  });
}

/** Repeats or drops channels. */
function withChannels(data: Uint8Array, from: number, to: number): Uint8Array {
  const pixels = data.length / from;
  const result = new Uint8Array(pixels * to);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < to; c++) result[p * to + c] = data[p * from + Math.min(c, from - 1)]!;
  }
  return result;
}

/**
 * Decodes an image as it is, which must be RGB of the given size.
 * @throws DataError as `decodeImage`, and for any other size or number of channels.
 */
export function decodeExactly(
  encoded: Uint8Array,
  source: string,
  { height, width }: { readonly height: number; readonly width: number },
): Promise<Uint8Array> {
  return orDataError(source, async () => {
    const image = opened(encoded, source);
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height || info.channels !== 3) {
      throw new DataError(
        `${source}: is ${info.width} x ${info.height} with ${info.channels} channels, expected ${width} x ${height} with 3`,
      );
    }
    return data;
  });
}

/**
 * Height and width of an image after the orientation that cameras write is applied.
 * @throws DataError as `decodeImage`.
 */
export function imageSize(encoded: Uint8Array, source: string): Promise<[height: number, width: number]> {
  return orDataError(source, async () => {
    const { autoOrient } = await opened(encoded, source).metadata();
    return [autoOrient.height, autoOrient.width];
  });
}
