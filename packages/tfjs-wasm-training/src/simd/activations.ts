import { defineFunction, type FunctionSource } from './assembler.js';
import { f32x4, i32, loopUntil, sequence, type Code } from './instructions.js';

/** Bytes that a turn of the loops covers. */
export const TURN = 64;

/**
 * Value by value over flat arrays, a multiple of {@link TURN} bytes; `out` may be `x`. At `bounds` lie a lower and an
 * upper bound, which only clip reads.
 */
const elementwise = (value: (x: Code, low: Code, high: Code) => Code, isBounded = false): FunctionSource =>
  defineFunction(['x', 'end', 'out', 'bounds'], (f, p) => {
    const [low, high] = [f.vector(), f.vector()];
    const each = (at: number): Code => value(f32x4.load(p.x.get, at), low.get, high.get);
    return sequence(
      ...(isBounded
        ? [low.set(f32x4.loadSplat(p.bounds.get)), high.set(f32x4.loadSplat(p.bounds.get, 4))]
        : []),
      loopUntil(
        p.x,
        p.end.get,
        i32.const(TURN),
        sequence(
          ...[0, 16, 32, 48].map((at) => f32x4.store(p.out.get, each(at), at)),
          p.out.advance(i32.const(TURN)),
        ),
      ),
    );
  });

// The order of the operands lets NaN through.
const atLeastZero = (x: Code): Code => f32x4.pseudoMax(x, f32x4.zero);

export const activationSource = {
  relu: elementwise(atLeastZero),
  relu6: elementwise((x) => f32x4.pseudoMin(atLeastZero(x), f32x4.splat(6))),
  sign: elementwise((x) =>
    f32x4.or(
      f32x4.and(f32x4.greaterThan(x, f32x4.zero), f32x4.splat(1)),
      f32x4.and(f32x4.greaterThan(f32x4.zero, x), f32x4.splat(-1)),
    ),
  ),
  clip: elementwise((x, low, high) => f32x4.pseudoMax(f32x4.pseudoMin(x, high), low), true),
};
