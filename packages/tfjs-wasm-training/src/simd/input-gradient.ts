import { defineFunction, type FunctionBuilder } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code, type Local } from './instructions.js';

/** Output pixels done together, so that every weight is loaded once for all of them. */
const PIXELS = 4;

const PARAMETERS = [
  'dy', // first output pixel
  'rows', // output rows
  'dyFull', // bytes of the pixels of a row that are done four at a time
  'dyRow', // bytes of a row
  'dyPixel', // bytes of a pixel: the output channels
  'weights', // [output channels, 4 x vectors]
  'dx', // where the first pixel's part of the result begins
  'dxRow', // from an output row's part to the next, in bytes
  'step', // from a pixel's part to the next, in bytes
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Local>>;

/** dx[pixel] += dy[pixel] x weights, a row vector of 4 x `vectors` values for every pixel. */
function scatter(f: FunctionBuilder, p: Parameters, vectors: number): Code {
  const sums = f.vectors(PIXELS * vectors);
  const weights = f.vectors(vectors);
  const value = f.vector();
  const at = Array.from({ length: PIXELS }, () => f.integer());
  const weightAt = f.integer();
  const end = f.integer();
  const row = f.integer();
  const pixelAt = f.integer();
  const pixelEnd = f.integer();
  const target = f.integer();
  const indices = Array.from({ length: vectors }, (_, v) => v);

  const group = (pixels: number): Code => {
    const places = at.slice(0, pixels);
    return sequence(
      ...sums.slice(0, pixels * vectors).map((sum) => sum.set(f32x4.zero)),
      ...places.map((place, i) =>
        place.set(i === 0 ? pixelAt.get : i32.add(places[i - 1]!.get, p.dyPixel.get)),
      ),
      weightAt.set(p.weights.get),
      end.set(i32.add(pixelAt.get, p.dyPixel.get)),
      loopUntil(
        places[0]!,
        end.get,
        i32.const(4),
        sequence(
          ...weights.map((weight, v) => weight.set(f32x4.load(weightAt.get, 16 * v))),
          weightAt.advance(i32.const(16 * vectors)),
          ...places.map((place, i) =>
            sequence(
              value.set(f32x4.loadSplat(place.get)),
              i === 0 ? [] : place.advance(i32.const(4)),
              ...weights.map((weight, v) => {
                const sum = sums[i * vectors + v]!;
                return sum.set(f32x4.add(sum.get, f32x4.mul(value.get, weight.get)));
              }),
            ),
          ),
        ),
      ),
      ...places.map((_, i) =>
        sequence(
          ...indices.map((v) =>
            f32x4.store(
              target.get,
              f32x4.add(f32x4.load(target.get, 16 * v), sums[i * vectors + v]!.get),
              16 * v,
            ),
          ),
          target.advance(p.step.get),
        ),
      ),
    );
  };
  const stride = (pixels: number): Code => i32.mul(p.dyPixel.get, i32.const(pixels));
  return loopUntil(
    row,
    p.rows.get,
    i32.const(1),
    sequence(
      pixelAt.set(p.dy.get),
      target.set(p.dx.get),
      pixelEnd.set(i32.add(p.dy.get, p.dyFull.get)),
      loopUntil(pixelAt, pixelEnd.get, stride(PIXELS), group(PIXELS)),
      pixelEnd.set(i32.add(p.dy.get, p.dyRow.get)),
      loopUntil(pixelAt, pixelEnd.get, p.dyPixel.get, group(1)),
      p.dy.advance(p.dyRow.get),
      p.dx.advance(p.dxRow.get),
    ),
  );
}

/** `scatter{vectors}`: the 16 vector registers hold 1 to 3 vectors for four pixels. */
export const inputGradientSource = Object.fromEntries(
  [1, 2, 3].map((vectors) => [
    `scatter${vectors}`,
    defineFunction(PARAMETERS, (f, p) => scatter(f, p, vectors)),
  ]),
);
