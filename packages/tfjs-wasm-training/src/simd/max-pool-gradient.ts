import { defineFunction } from './assembler.js';
import { f32x4, i32, loopUntil, sequence } from './instructions.js';

/**
 * Gradient of max pooling for one row of output pixels whose windows lie inside the input: each value of dy is
 * added to dx at the first maximum of its window. Addresses are in bytes.
 */
export const maxPoolGradientSource = {
  row: defineFunction(
    [
      'x', // top left of the first window
      'dx', // the same place in the result
      'dy', // first pixel of the row
      'dyEnd', // end of the row
      'windowHeight', // bytes from the first row of the window to the row after its last
      'windowWidth', // bytes from the first pixel of a window's row to the pixel after its last
      'xRow', // from a row of x to the next
      'xPixel', // from a pixel to the next: the channels
      'step', // from a window to the next
      'channels', // bytes of the channels to do, a multiple of 16
    ],
    (f, p) => {
      const maximum = f.vector();
      const unclaimed = f.vector();
      const here = f.vector();
      const channel = f.integer();
      const row = f.integer();
      const pixel = f.integer();
      const end = f.integer();
      const rowEnd = f.integer();
      const delta = f.integer();

      const overWindow = (body: readonly number[]): readonly number[] =>
        sequence(
          row.set(i32.add(p.x.get, channel.get)),
          rowEnd.set(i32.add(row.get, p.windowHeight.get)),
          loopUntil(
            row,
            rowEnd.get,
            p.xRow.get,
            sequence(
              pixel.set(row.get),
              end.set(i32.add(row.get, p.windowWidth.get)),
              loopUntil(pixel, end.get, p.xPixel.get, body),
            ),
          ),
        );
      const target = i32.add(pixel.get, delta.get);
      const claim = sequence(
        here.set(f32x4.and(f32x4.equal(f32x4.load(pixel.get), maximum.get), unclaimed.get)),
        unclaimed.set(f32x4.andNot(unclaimed.get, here.get)),
        f32x4.store(
          target,
          f32x4.add(f32x4.load(target), f32x4.and(f32x4.load(i32.add(p.dy.get, channel.get)), here.get)),
        ),
      );
      return sequence(
        delta.set(i32.sub(p.dx.get, p.x.get)),
        loopUntil(
          p.dy,
          p.dyEnd.get,
          p.xPixel.get,
          sequence(
            channel.set(i32.const(0)),
            loopUntil(
              channel,
              p.channels.get,
              i32.const(16),
              sequence(
                maximum.set(f32x4.splat(-Infinity)),
                unclaimed.set(f32x4.equal(f32x4.zero, f32x4.zero)),
                overWindow(maximum.set(f32x4.pseudoMax(maximum.get, f32x4.load(pixel.get)))),
                overWindow(claim),
              ),
            ),
            p.x.advance(p.step.get),
          ),
        ),
      );
    },
  ),
};
