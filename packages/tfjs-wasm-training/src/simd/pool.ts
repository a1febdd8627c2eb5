import { defineFunction, type FunctionBuilder, type FunctionSource } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code, type Local } from './instructions.js';

/** A row of output pixels whose windows have the same extent. Addresses and distances are in bytes. */
const PARAMETERS = [
  'x', // first pixel of the first window
  'out', // first output pixel
  'outEnd', // end of the row of output pixels
  'windowHeight', // from the first row of a window to the row after its last
  'windowWidth', // from the first pixel of a window's row to the pixel after its last
  'xRow', // from a row of x to the next
  'xPixel', // from a pixel to the next: the channels
  'step', // from a window to the next
  'factor', // a float that the sums are multiplied with
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Local>>;
const VECTOR = 16;

/** Widths of windows, in pixels, that have a function of their own. */
export const UNROLLED = [1, 2, 3] as const;

/** Takes up a value of a window. */
type Add = (value: Code) => Code;

/** The values of a row of a window in turn; `width` is undefined where it is known at run time only. */
function overRow(f: FunctionBuilder, p: Parameters, row: Local, width: number | undefined, add: Add): Code {
  const pixel = f.integer();
  if (width !== undefined) {
    const next = sequence(pixel.advance(p.xPixel.get), add(f32x4.load(pixel.get)));
    return sequence(pixel.set(row.get), add(f32x4.load(row.get)), ...Array<Code>(width - 1).fill(next));
  }
  const end = f.integer();
  return sequence(
    pixel.set(row.get),
    end.set(i32.add(row.get, p.windowWidth.get)),
    loopUntil(pixel, end.get, p.xPixel.get, add(f32x4.load(pixel.get))),
  );
}

/** The channels of each window, four at a time; the last four overlap the four before where four does not divide them. */
function overPixels(
  f: FunctionBuilder,
  p: Parameters,
  width: number | undefined,
  start: Code,
  add: Add,
  result: Code,
): Code {
  const [channel, row, rowEnd] = [f.integer(), f.integer(), f.integer()];
  const four = sequence(
    row.set(i32.add(p.x.get, channel.get)),
    rowEnd.set(i32.add(row.get, p.windowHeight.get)),
    start,
    loopUntil(row, rowEnd.get, p.xRow.get, overRow(f, p, row, width, add)),
    f32x4.store(i32.add(p.out.get, channel.get), result),
  );
  const rest = i32.sub(p.xPixel.get, i32.const(VECTOR));
  return loopUntil(
    p.out,
    p.outEnd.get,
    p.xPixel.get,
    sequence(
      channel.set(i32.const(0)),
      // One vector is enough for up to four channels.
      ifThen(
        i32.lessThan(i32.const(VECTOR), p.xPixel.get),
        loopUntil(channel, rest, i32.const(VECTOR), four),
      ),
      ifThen(i32.lessThan(i32.const(VECTOR), p.xPixel.get), channel.set(rest)),
      four,
      p.x.advance(p.step.get),
    ),
  );
}

const ifThen = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];

/** The largest value of each window, passing over NaN; NaN where a window holds nothing else. */
const max = (width: number | undefined): FunctionSource =>
  defineFunction(PARAMETERS, (f, p) => {
    const [largest, unordered, value] = [f.vector(), f.vector(), f.vector()];
    // A mask of the channels that have met a NaN; its ones are a NaN themselves.
    return overPixels(
      f,
      p,
      width,
      sequence(largest.set(f32x4.splat(-Infinity)), unordered.set(f32x4.zero)),
      (loaded) =>
        sequence(
          value.set(loaded),
          largest.set(f32x4.pseudoMax(largest.get, value.get)),
          unordered.set(f32x4.or(unordered.get, f32x4.notEqual(value.get, value.get))),
        ),
      f32x4.or(largest.get, f32x4.and(unordered.get, f32x4.equal(largest.get, f32x4.splat(-Infinity)))),
    );
  });

/** The sum of each window times `factor`. */
const average = (width: number | undefined): FunctionSource =>
  defineFunction(PARAMETERS, (f, p) => {
    const sum = f.vector();
    const factor = f.vector();
    return sequence(
      factor.set(f32x4.loadSplat(p.factor.get)),
      overPixels(
        f,
        p,
        width,
        sum.set(f32x4.zero),
        (value) => sum.set(f32x4.add(sum.get, value)),
        f32x4.mul(sum.get, factor.get),
      ),
    );
  });

/** `max{width}` and `average{width}` for the {@link UNROLLED} widths, `max` and `average` for others. */
export const poolSource: Readonly<Record<string, FunctionSource>> = Object.fromEntries(
  [undefined, ...UNROLLED].flatMap((width) => [
    [`max${width ?? ''}`, max(width)],
    [`average${width ?? ''}`, average(width)],
  ]),
);
