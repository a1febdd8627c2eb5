/** Pictures of stripes, across or down, some of them hard to see. */
import { Random } from 'recency-bias';

export const CLASSES = ['across', 'down'];
export const SIDE = 12;

/** Pixels in [0, 1], [SIDE, SIDE], the same for the same index everywhere. */
export function stripes(index: number): Float32Array {
  const random = new Random(index);
  const noise = index % 4 === 0 ? 7 : 3;
  return Float32Array.from({ length: SIDE * SIDE }, (_, p) => {
    const line = index % 2 === 0 ? Math.floor(p / SIDE) : p % SIDE;
    return ((line + (index % 3)) & 2) / 2 + noise * (random.float() - 0.5);
  });
}

/** A picture of a sample. */
export function picture(index: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  canvas.role = 'img';
  canvas.ariaLabel = `Stripes ${index}`;
  const image = new ImageData(SIDE, SIDE);
  for (const [p, value] of stripes(index).entries()) {
    image.data.fill(255 * value, 4 * p, 4 * p + 3);
    image.data[4 * p + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

export const labelOf = (index: number): number => index % 2;
