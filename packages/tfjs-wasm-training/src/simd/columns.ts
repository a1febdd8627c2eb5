import { defineFunction, type FunctionBuilder, type FunctionSource } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code, type Local } from './instructions.js';

/**
 * Loops down the rows of matrices whose columns are channels, a few columns at a time. `width` is the number of
 * vectors, 4 columns each, that a function handles; `end` is where the first matrix ends and `stride` the length
 * of a row, in bytes.
 */
const WIDTHS = [1, 2, 4] as const;

type Named<P extends string> = Readonly<Record<P, Local>>;

function forWidths<P extends string>(
  name: string,
  parameters: readonly P[],
  body: (f: FunctionBuilder, p: Named<P>, width: number) => Code,
): Record<string, FunctionSource> {
  return Object.fromEntries(
    WIDTHS.map((width) => [`${name}${width}`, defineFunction(parameters, (f, p) => body(f, p, width))]),
  );
}

const each = (width: number, statement: (offset: number, vector: number) => Code): Code =>
  sequence(...Array.from({ length: width }, (_, vector) => statement(16 * vector, vector)));

const addTo = (target: Code, sum: Local, offset: number): Code =>
  f32x4.store(target, f32x4.add(f32x4.load(target, offset), sum.get), offset);

/** sums += the sum of every column of x. */
const columnSum = forWidths('columnSum', ['x', 'end', 'stride', 'sums'], (f, p, width) => {
  const sums = f.vectors(width);
  return sequence(
    each(width, (_, v) => sums[v]!.set(f32x4.zero)),
    loopUntil(
      p.x,
      p.end.get,
      p.stride.get,
      each(width, (offset, v) => sums[v]!.set(f32x4.add(sums[v]!.get, f32x4.load(p.x.get, offset)))),
    ),
    each(width, (offset, v) => addTo(p.sums.get, sums[v]!, offset)),
  );
});

/** out = (x - mean) * factor + offset, the last three being rows. */
const normalize = forWidths(
  'normalize',
  ['x', 'end', 'stride', 'mean', 'factor', 'offset', 'out'],
  (_, p, width) =>
    loopUntil(
      p.x,
      p.end.get,
      p.stride.get,
      sequence(
        each(width, (at) => {
          const centred = f32x4.sub(f32x4.load(p.x.get, at), f32x4.load(p.mean.get, at));
          const scaled = f32x4.mul(centred, f32x4.load(p.factor.get, at));
          return f32x4.store(p.out.get, f32x4.add(scaled, f32x4.load(p.offset.get, at)), at);
        }),
        p.out.advance(p.stride.get),
      ),
    ),
);

/** dx = dy * factor; sums += the column sums of dy; products += the column sums of dy * (x - mean). */
const normalizeGradient = forWidths(
  'normalizeGradient',
  ['x', 'end', 'stride', 'mean', 'factor', 'dy', 'dx', 'sums', 'products'],
  (f, p, width) => {
    const sums = f.vectors(width);
    const products = f.vectors(width);
    const gradient = f.vector();
    return sequence(
      each(width, (_, v) => sequence(sums[v]!.set(f32x4.zero), products[v]!.set(f32x4.zero))),
      loopUntil(
        p.x,
        p.end.get,
        p.stride.get,
        sequence(
          each(width, (at, v) => {
            const centred = f32x4.sub(f32x4.load(p.x.get, at), f32x4.load(p.mean.get, at));
            return sequence(
              gradient.set(f32x4.load(p.dy.get, at)),
              sums[v]!.set(f32x4.add(sums[v]!.get, gradient.get)),
              products[v]!.set(f32x4.add(products[v]!.get, f32x4.mul(gradient.get, centred))),
              f32x4.store(p.dx.get, f32x4.mul(gradient.get, f32x4.load(p.factor.get, at)), at),
            );
          }),
          p.dy.advance(p.stride.get),
          p.dx.advance(p.stride.get),
        ),
      ),
      each(width, (at, v) =>
        sequence(addTo(p.sums.get, sums[v]!, at), addTo(p.products.get, products[v]!, at)),
      ),
    );
  },
);

/** Functions of the form `{name}{width}`, for 1, 2 and 4 vectors of 4 columns. */
export const columnsSource = { ...columnSum, ...normalize, ...normalizeGradient };

/** Element by element over flat arrays; `end` is where `a` ends. */
const elementwise = (value: (a: Code, b: Code) => Code): FunctionSource =>
  defineFunction(['a', 'end', 'b', 'out'], (_, p) =>
    loopUntil(
      p.a,
      p.end.get,
      i32.const(16),
      sequence(
        f32x4.store(p.out.get, value(f32x4.load(p.a.get), f32x4.load(p.b.get))),
        p.b.advance(i32.const(16)),
        p.out.advance(i32.const(16)),
      ),
    ),
  );

export const elementwiseSource = {
  /** a where b > 0, NaN where b is NaN (all its bits may be set), else 0. */
  whereActive: elementwise((a, b) =>
    f32x4.or(f32x4.and(a, f32x4.greaterThan(b, f32x4.zero)), f32x4.notEqual(b, b)),
  ),
  maximum: elementwise(f32x4.max),
  minimum: elementwise(f32x4.min),
  /** 2 * a * b. */
  twiceProduct: elementwise((a, b) => f32x4.mul(f32x4.mul(a, f32x4.splat(2)), b)),
};
