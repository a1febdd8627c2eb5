import { describe, expect, it } from 'vitest';
import { resample, type RgbImage } from './resample.js';

function image(height: number, width: number, value: (y: number, x: number, c: number) => number): RgbImage {
  const values = new Float32Array(height * width * 3);
  for (let i = 0; i < values.length; i++) {
    const pixel = Math.floor(i / 3);
    values[i] = value(Math.floor(pixel / width), pixel % width, i % 3);
  }
  return { height, width, values };
}

const whole = ({ height, width }: RgbImage): { top: 0; left: 0; height: number; width: number } => ({
  ...{ top: 0, left: 0 },
  height,
  width,
});

describe('resample', () => {
  it.each([
    [7, 5],
    [40, 90],
    [300, 200],
  ])('keeps a plain colour of %i x %i pixels, channel by channel', (height, width) => {
    const plain = image(height, width, (_, __, c) => 50 * (c + 1));
    const { values } = resample(plain, whole(plain), { height: 16, width: 16 });
    expect([...values]).toEqual(Array.from({ length: 16 * 16 * 3 }, (_, i) => 50 * ((i % 3) + 1)));
  });

  it('leaves an image of the wanted size as it is', () => {
    const same = image(6, 9, (y, x, c) => (37 * y + 11 * x + 80 * c) % 256);
    expect(resample(same, whole(same), { height: 6, width: 9 }).values).toEqual(same.values);
  });

  it('takes what lies in the region: the right half of an image that is black at the left', () => {
    const halves = image(20, 40, (_, x) => (x < 20 ? 0 : 200));
    const { values } = resample(
      halves,
      { top: 0, left: 24, height: 16, width: 16 },
      { height: 16, width: 16 },
    );
    expect(values.every((value) => value === 200)).toBe(true);
  });

  it('keeps a slope a slope when it makes an image smaller, by blocks too', () => {
    const slope = image(8, 256, (_, x) => x);
    const { values } = resample(slope, whole(slope), { height: 1, width: 16 });
    for (let x = 2; x < 14; x++) expect(Math.abs(values[3 * x]! - (16 * x + 7.5))).toBeLessThanOrEqual(1);
  });

  it('does not turn a fine pattern into a coarse pattern', () => {
    const stripes = image(96, 96, (_, x) => (x % 2) * 255);
    const { values } = resample(stripes, whole(stripes), { height: 12, width: 12 });
    for (const value of values) expect(Math.abs(value - 127.5)).toBeLessThan(8);
  });
});
