/** Images mirrored left to right. */
import type { BatchPreparation } from '../data/image-batches.js';
import type { ImageShape } from './geometry.js';

/** Prepares images as another preparation does, and mirrors them. */
export class MirroredPreparation implements BatchPreparation {
  constructor(
    private readonly shape: ImageShape,
    private readonly inner: BatchPreparation,
  ) {}

  prepare(bytes: Uint8Array, indices: Int32Array, out: Float32Array): void {
    this.inner.prepare(bytes, indices, out);
    const [height, width, channels] = this.shape;
    const line = width * channels;
    for (let start = 0; start < indices.length * height * line; start += line) {
      const row = out.slice(start, start + line);
      for (let x = 0; x < width; x++) {
        const from = (width - 1 - x) * channels;
        for (let c = 0; c < channels; c++) out[start + x * channels + c] = row[from + c]!;
      }
    }
  }
}
