/** Flips and crops. */

/** [height, width, channels] of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Where the crop lies and whether it is mirrored. */
export interface Placement {
  /** Row and column of the image at which the crop begins; negative in the padding. */
  readonly top: number;
  readonly left: number;
  /** Mirrored left to right. */
  readonly flip: boolean;
}

/**
 * Copies one image through `table` into `out`, moved and mirrored; what comes from outside the image is black, byte 0.
 * @param bytes pixels of interleaved channels, the image at `from`
 * @param table the value of each byte of channel c at 256 c + byte
 * @param out receives an image of the same shape at `to`
 */
export function copyImage(
  bytes: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  [height, width, channels]: ImageShape,
  { top, left, flip }: Placement,
  table: Float32Array,
): void {
  let o = to;
  for (let y = 0; y < height; y++) {
    const row = y + top;
    const inRow = row >= 0 && row < height;
    const start = from + row * width * channels;
    for (let x = 0; x < width; x++) {
      // The crop is mirrored, not the image under it.
      const column = left + (flip ? width - 1 - x : x);
      if (inRow && column >= 0 && column < width) {
        const pixel = start + column * channels;
        for (let c = 0; c < channels; c++) out[o++] = table[256 * c + bytes[pixel + c]!]!;
      } else {
        for (let c = 0; c < channels; c++) out[o++] = table[256 * c]!;
      }
    }
  }
}
