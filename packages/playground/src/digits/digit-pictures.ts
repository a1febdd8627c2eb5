import { contextOf } from '../page/dom.js';
import { INK, PIXELS, SIDE, type Digits } from './packed-digits.js';

/** Draws a digit as ink on nothing, so that the style sheet decides its colours. */
export function drawDigit(canvas: HTMLCanvasElement, { images }: Digits, index: number): void {
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = contextOf(canvas);
  const picture = context.createImageData(SIDE, SIDE);
  for (let p = 0; p < PIXELS; p++) picture.data[4 * p + 3] = (images[index * PIXELS + p]! / INK) * 255;
  context.putImageData(picture, 0, 0);
}

/** Side of a digit in a mosaic, in pixels. */
export const MOSAIC_SIDE = SIDE / 2;

/**
 * Draws a batch as a mosaic of digits at half their size, on a ground of their own each.
 * @param ground red, green and blue behind the sample
 */
export function drawMosaic(
  canvas: HTMLCanvasElement,
  { images }: Digits,
  batch: Int32Array,
  columns: number,
  ground: (index: number) => readonly [number, number, number],
  ink: readonly [number, number, number],
): void {
  const context = contextOf(canvas);
  const width = columns * MOSAIC_SIDE;
  const picture = context.createImageData(width, canvas.height);
  batch.forEach((index, at) => {
    const left = (at % columns) * MOSAIC_SIDE;
    const top = Math.floor(at / columns) * MOSAIC_SIDE;
    const behind = ground(index);
    for (let y = 0; y < MOSAIC_SIDE; y++) {
      for (let x = 0; x < MOSAIC_SIDE; x++) {
        const from = index * PIXELS + 2 * y * SIDE + 2 * x;
        const sum = images[from]! + images[from + 1]! + images[from + SIDE]! + images[from + SIDE + 1]!;
        const share = sum / (4 * INK);
        const to = 4 * ((top + y) * width + left + x);
        for (let c = 0; c < 3; c++) picture.data[to + c] = behind[c]! + (ink[c]! - behind[c]!) * share;
        picture.data[to + 3] = 255;
      }
    }
  });
  context.putImageData(picture, 0, 0);
}
