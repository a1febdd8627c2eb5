import { defineFunction, type FunctionBuilder } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code, type Local } from './instructions.js';

/**
 * One block of a filter gradient: `rows` consecutive rows of the filter matrix [columns x in, out] by
 * 4 x `vectors` output channels, summed in registers over a tile of output pixels, then added to memory.
 * Addresses and strides are in bytes; x is padded already.
 */
const PARAMETERS = [
  'x', // first input value of the block, at the tile's first output pixel
  'dy', // first output gradient of the block
  'gradient', // first value of the block in the filter gradient
  'tileRows', // output rows in the tile
  'xRow', // from an output row to the next, in x
  'xPixel', // from an output pixel to the next, in x
  'dyRow', // length of a row of dy
  'dyPixel', // from a pixel to the next in dy, also a row of the filter matrix
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Local>>;

function block(f: FunctionBuilder, p: Parameters, rows: number, vectors: number): Code {
  const sums = f.vectors(rows * vectors);
  const gradients = f.vectors(vectors);
  const value = f.vector();
  const xAt = f.integer();
  const dyAt = f.integer();
  const rowEnd = f.integer();
  const row = f.integer();
  const target = f.integer();

  const pixel = sequence(
    ...gradients.map((gradient, v) => gradient.set(f32x4.load(dyAt.get, 16 * v))),
    ...Array.from({ length: rows }, (_, r) =>
      sequence(
        value.set(f32x4.loadSplat(xAt.get, 4 * r)),
        ...gradients.map((gradient, v) => {
          const sum = sums[r * vectors + v]!;
          return sum.set(f32x4.add(sum.get, f32x4.mul(value.get, gradient.get)));
        }),
      ),
    ),
    xAt.advance(p.xPixel.get),
  );
  const tileRow = sequence(
    xAt.set(p.x.get),
    dyAt.set(p.dy.get),
    rowEnd.set(i32.add(p.dy.get, p.dyRow.get)),
    loopUntil(dyAt, rowEnd.get, p.dyPixel.get, pixel),
    p.x.advance(p.xRow.get),
    p.dy.advance(p.dyRow.get),
  );
  const addToMemory = Array.from({ length: rows }, (_, r) =>
    sequence(
      ...Array.from({ length: vectors }, (_, v) =>
        f32x4.store(
          target.get,
          f32x4.add(f32x4.load(target.get, 16 * v), sums[r * vectors + v]!.get),
          16 * v,
        ),
      ),
      target.advance(p.dyPixel.get),
    ),
  );
  return sequence(
    ...sums.map((sum) => sum.set(f32x4.zero)),
    loopUntil(row, p.tileRows.get, i32.const(1), tileRow),
    target.set(p.gradient.get),
    ...addToMemory,
  );
}

/** `block{rows}x{vectors}` for 1 to 4 rows by 1 or 2 vectors: as much as the 16 vector registers hold. */
export const filterGradientSource = Object.fromEntries(
  [1, 2, 3, 4].flatMap((rows) =>
    [1, 2].map((vectors) => [
      `block${rows}x${vectors}`,
      defineFunction(PARAMETERS, (f, p) => block(f, p, rows, vectors)),
    ]),
  ),
);
