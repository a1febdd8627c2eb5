import type { Selection } from '../core/selector.js';

/** @throws RangeError or TypeError when a selector returned something that cannot be trained. */
export function checkSelection(selection: Selection, name: string, size: number, batchSize: number): void {
  const { indices, weights } = selection;
  if (!(indices instanceof Int32Array)) {
    throw new TypeError(`selector "${name}" returned indices that are no Int32Array.`);
  }
  const rows = indices.length;
  if (rows < 1 || rows > batchSize) {
    throw new RangeError(
      `selector "${name}" returned a batch of ${rows} samples; expected 1 to ${batchSize}, or null at the end of an epoch.`,
    );
  }
  for (let i = 0; i < rows; i++) {
    const index = indices[i]!;
    if (index < 0 || index >= size) {
      throw new RangeError(`selector "${name}" returned sample index ${index}; expected [0, ${size}).`);
    }
  }
  if (weights === undefined) return;
  if (weights.length !== rows) {
    throw new RangeError(`selector "${name}" returned ${weights.length} weights for ${rows} samples.`);
  }
  for (let i = 0; i < rows; i++) {
    const weight = weights[i]!;
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(
        `selector "${name}" returned weight ${weight} for sample ${indices[i]!}; expected a positive number.`,
      );
    }
  }
}
