import type { backend_util } from '@tensorflow/tfjs-core';

/** Consecutive windows of one row of output pixels that have the same extent inside the input. */
export interface Windows {
  /** Indices of the first window's first pixel in x and of its output pixel, in pixels. */
  readonly at: number;
  readonly outAt: number;
  /** Rows and columns of a window; 0 where it lies in the padding. */
  readonly height: number;
  readonly width: number;
  readonly count: number;
}

/** Visits all windows. Windows that stick out to the left or right come singly, the others a row at a time. */
export function eachRow(g: backend_util.Conv2DInfo, visit: (windows: Windows) => void): void {
  const { top, left } = g.padInfo;
  const isInside = (ox: number): boolean =>
    ox * g.strideWidth >= left && ox * g.strideWidth - left + g.filterWidth <= g.inWidth;
  for (let image = 0; image < g.batchSize; image++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      const y0 = Math.max(0, oy * g.strideHeight - top);
      const y1 = Math.min(g.inHeight, oy * g.strideHeight - top + g.filterHeight);
      let ox = 0;
      while (ox < g.outWidth) {
        let count = 1;
        if (isInside(ox)) while (ox + count < g.outWidth && isInside(ox + count)) count++;
        const x0 = Math.max(0, ox * g.strideWidth - left);
        const x1 = Math.min(g.inWidth, ox * g.strideWidth - left + g.filterWidth);
        visit({
          at: (image * g.inHeight + y0) * g.inWidth + x0,
          outAt: (image * g.outHeight + oy) * g.outWidth + ox,
          height: Math.max(0, y1 - y0),
          width: Math.max(0, x1 - x0),
          count,
        });
        ox += count;
      }
    }
  }
}
