import { defineFunction, type FunctionBuilder, type FunctionSource } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code, type Local } from './instructions.js';

/** A few channels of one filter position, over all output pixels of an image; addresses and strides in bytes. */
const PARAMETERS = [
  'x', // the input value under this filter position at the first output pixel
  'dy', // first output gradient
  'filter', // the filter's values at this position
  'rows', // output rows
  'xRow', // from an output row to the next, in x
  'xPixel', // from an output pixel to the next, in x
  'dyRow', // length of a row of dy
  'dyPixel', // from a pixel to the next in dy
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Local>>;

/** Runs `visit` for every output pixel, with `at` its place in x and `dyAt` in dy. */
function overPixels(f: FunctionBuilder, p: Parameters, visit: (at: Local, dyAt: Local) => Code): Code {
  const at = f.integer();
  const dyAt = f.integer();
  const end = f.integer();
  const row = f.integer();
  return loopUntil(
    row,
    p.rows.get,
    i32.const(1),
    sequence(
      at.set(p.x.get),
      dyAt.set(p.dy.get),
      end.set(i32.add(p.dy.get, p.dyRow.get)),
      loopUntil(dyAt, end.get, p.dyPixel.get, sequence(visit(at, dyAt), at.advance(p.xPixel.get))),
      p.x.advance(p.xRow.get),
      p.dy.advance(p.dyRow.get),
    ),
  );
}

/** filter += the sum of x * dy. */
function gather(f: FunctionBuilder, p: Parameters, width: number): Code {
  const sums = f.vectors(width);
  const pixel = (at: Local, dyAt: Local): Code =>
    sequence(
      ...sums.map((sum, v) =>
        sum.set(f32x4.add(sum.get, f32x4.mul(f32x4.load(at.get, 16 * v), f32x4.load(dyAt.get, 16 * v)))),
      ),
    );
  return sequence(
    overPixels(f, p, pixel),
    ...sums.map((sum, v) =>
      f32x4.store(p.filter.get, f32x4.add(f32x4.load(p.filter.get, 16 * v), sum.get), 16 * v),
    ),
  );
}

/** x += dy * filter. */
function spread(f: FunctionBuilder, p: Parameters, width: number): Code {
  const weights = f.vectors(width);
  const pixel = (at: Local, dyAt: Local): Code =>
    sequence(
      ...weights.map((weight, v) => {
        const product = f32x4.mul(f32x4.load(dyAt.get, 16 * v), weight.get);
        return f32x4.store(at.get, f32x4.add(f32x4.load(at.get, 16 * v), product), 16 * v);
      }),
    );
  return sequence(
    ...weights.map((weight, v) => weight.set(f32x4.load(p.filter.get, 16 * v))),
    overPixels(f, p, pixel),
  );
}

/** `gather{width}` and `spread{width}`, for 1, 2 and 4 vectors of 4 channels. */
export const depthwiseGradientSource: Record<string, FunctionSource> = Object.fromEntries(
  [1, 2, 4].flatMap((width) => [
    [`gather${width}`, defineFunction(PARAMETERS, (f, p) => gather(f, p, width))],
    [`spread${width}`, defineFunction(PARAMETERS, (f, p) => spread(f, p, width))],
  ]),
);
