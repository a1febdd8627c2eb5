import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotateHue, scaleContrast, scaleSaturation, shiftBrightness } from './colour.js';

type Rgb = readonly [red: number, green: number, blue: number];

/** Hue in [0, 1), saturation and value as A. R. Smith defined them (Color Gamut Transform Pairs, 1978). */
function toHsv([r, g, b]: Rgb): [number, number, number] {
  const v = Math.max(r, g, b);
  const x = Math.min(r, g, b);
  if (v === x) return [0, 0, v];
  const f = r === x ? g - b : g === x ? b - r : r - g;
  const i = r === x ? 3 : g === x ? 5 : 1;
  return [(((i - f / (v - x)) / 6) % 1) + 0, (v - x) / v, v];
}

function toRgb([h, s, v]: readonly [number, number, number]): Rgb {
  const sector = Math.floor(h * 6);
  const f = h * 6 - sector;
  const p = v * (1 - s);
  const q = v * (1 - s * f);
  const t = v * (1 - s * (1 - f));
  return (
    [
      [v, t, p],
      [q, v, p],
      [p, v, t],
      [p, q, v],
      [t, p, v],
      [v, p, q],
    ] as const
  )[sector % 6]!;
}

const level = fc.integer({ min: 0, max: 255 }).map((byte) => byte / 255);
const pixel = fc.tuple(level, level, level);
/** Between the images of a batch lie no gaps: a change of one must leave its neighbours. */
const changed = (
  colours: readonly Rgb[],
  change: (values: Float32Array, from: number, to: number) => void,
): number[] => {
  const values = Float32Array.of(9, 9, 9, ...colours.flat(), 9, 9, 9);
  change(values, 3, values.length - 3);
  expect([...values.slice(0, 3), ...values.slice(-3)]).toEqual([9, 9, 9, 9, 9, 9]);
  return [...values.slice(3, -3)];
};
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6);
  });
}

describe('rotateHue', () => {
  it('agrees with a turn of the hue in HSV', () => {
    fc.assert(
      fc.property(
        fc.array(pixel, { minLength: 1, maxLength: 4 }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        (colours, turn) => {
          const expected = colours.flatMap((rgb) => {
            const [h, s, v] = toHsv(rgb);
            return toRgb([(h + turn + 1) % 1, s, v]);
          });
          expectClose(
            changed(colours, (values, from, to) => {
              rotateHue(values, from, to, turn);
            }),
            expected,
          );
        },
      ),
    );
  });

  it.each([
    ['red by a third to green', [1, 0, 0], 1 / 3, [0, 1, 0]],
    ['red by a sixth to yellow', [1, 0, 0], 1 / 6, [1, 1, 0]],
    ['blue by a third to red', [0, 0, 1], 1 / 3, [1, 0, 0]],
    ['red back by a third to blue', [1, 0, 0], -1 / 3, [0, 0, 1]],
    ['orange by a half to azure', [1, 0.5, 0], 0.5, [0, 0.5, 1]],
    ['grey to itself', [0.3, 0.3, 0.3], 0.4, [0.3, 0.3, 0.3]],
  ] as const)('turns %s', (_, from, turn, to) => {
    expectClose(
      changed([from], (values, a, b) => {
        rotateHue(values, a, b, turn);
      }),
      to,
    );
  });
});

describe('scaleSaturation', () => {
  it('agrees with a multiplied saturation in HSV, at most 1', () => {
    fc.assert(
      fc.property(
        fc.array(pixel, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (colours, factor) => {
          const expected = colours.flatMap((rgb) => {
            const [h, s, v] = toHsv(rgb);
            return toRgb([h, Math.min(1, s * factor), v]);
          });
          expectClose(
            changed(colours, (values, from, to) => {
              scaleSaturation(values, from, to, factor);
            }),
            expected,
          );
        },
      ),
    );
  });

  it.each([
    ['halves', [1, 0.5, 0], 0.5, [1, 0.75, 0.5]],
    ['stops at full saturation', [0.8, 0.4, 0.4], 3, [0.8, 0, 0]],
    ['makes grey at 0', [0.8, 0.2, 0.4], 0, [0.8, 0.8, 0.8]],
    ['leaves what is darker than black', [-0.1, -0.3, -0.2], 0.5, [-0.1, -0.3, -0.2]],
  ] as const)('%s', (_, from, factor, to) => {
    expectClose(
      changed([from], (values, a, b) => {
        scaleSaturation(values, a, b, factor);
      }),
      to,
    );
  });
});

describe('shiftBrightness', () => {
  it('adds the same to all values, unclipped', () => {
    expectClose(
      changed([[0.1, 0.5, 0.9]], (values, a, b) => {
        shiftBrightness(values, a, b, 0.25);
      }),
      [0.35, 0.75, 1.15],
    );
  });
});

describe('scaleContrast', () => {
  it('keeps the mean of each channel and multiplies its standard deviation', () => {
    fc.assert(
      fc.property(
        fc.array(pixel, { minLength: 2, maxLength: 9 }),
        fc.double({ min: 0.2, max: 1.8, noNaN: true }),
        (colours, factor) => {
          const after = changed(colours, (values, a, b) => {
            scaleContrast(values, a, b, 3, factor);
          });
          for (let c = 0; c < 3; c++) {
            const mean = colours.reduce((sum, colour) => sum + colour[c]!, 0) / colours.length;
            expectClose(
              after.filter((_, i) => i % 3 === c),
              colours.map((colour) => mean + factor * (colour[c]! - mean)),
            );
          }
        },
      ),
    );
  });
});
