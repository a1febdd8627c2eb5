/** Bytes of a float. */
export const FLOAT = 4;
const VECTOR = 4;
/** Rows summed in registers before the sum goes to memory: short enough to stay exact, long enough to be fast. */
const BLOCK_ROWS = 256;
/** Least number of columns that are summed side by side: a single column would wait for its own last addition. */
const LEAST_COLUMNS = 16;

/**
 * The smallest multiple of `columns` that fills whole vectors and keeps the adders busy. A matrix of that many
 * columns has the same values in the same order, so that any number of channels runs at full width.
 */
export function paddedColumns(columns: number): number {
  let repeated = columns;
  while (repeated % VECTOR !== 0 || repeated < LEAST_COLUMNS) repeated += columns;
  return repeated;
}

/** Repeats a row of channels to the width of {@link paddedColumns}. */
export function repeatRow(row: ArrayLike<number>, to: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = row[i % row.length]!;
}

/**
 * Visits a matrix in blocks of rows and of 4, 8 or 16 columns: `start` and `end` are byte offsets into the
 * matrix, `column` is the byte offset into a row, `width` the number of vectors.
 */
export function eachBlock(
  rows: number,
  columns: number,
  visit: (start: number, end: number, column: number, width: number) => void,
): void {
  const stride = columns * FLOAT;
  const vectors = columns / VECTOR;
  for (let top = 0; top < rows; top += BLOCK_ROWS) {
    const end = Math.min(rows, top + BLOCK_ROWS) * stride;
    let width: number;
    for (let vector = 0; vector < vectors; vector += width) {
      width = vectors - vector >= 4 ? 4 : vectors - vector >= 2 ? 2 : 1;
      const column = vector * VECTOR * FLOAT;
      visit(top * stride + column, end, column, width);
    }
  }
}
