import { Random } from 'recency-bias';
import { describe, expect, it } from 'vitest';
import { pixelMoments } from '../data/image-batches.js';
import { ImagePreparation } from './image-preparation.js';
import type { ImageShape } from './geometry.js';
import { policyNames, resolveAugmentation } from './policies.js';
import type { AugmentationSettings } from './policies.js';

const SHAPE: ImageShape = [6, 6, 3];
const LENGTH = 108;
const COUNT = 40;
const random = new Random(1);
const BYTES = Uint8Array.from({ length: COUNT * LENGTH }, () => 1 + random.int(255));
const SPLIT = { size: COUNT, images: BYTES, labels: new Int32Array(COUNT) };
const MOMENTS = pixelMoments(SPLIT, 3);
const ALL = Int32Array.from({ length: COUNT }, (_, i) => i);

function prepared(
  settings: AugmentationSettings,
  stream: Random | null,
  { bytes = BYTES, indices = ALL, shape = SHAPE, moments = MOMENTS } = {},
): Float32Array {
  const out = new Float32Array(indices.length * shape[0] * shape[1] * shape[2]);
  new ImagePreparation(shape, settings, moments, stream).prepare(bytes, indices, out);
  return out;
}

function meanAndDeviation(values: readonly number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)];
}

const imageOf = (values: Float32Array, i: number): number[] => [
  ...values.subarray(i * LENGTH, (i + 1) * LENGTH),
];

describe('standardisation', () => {
  it('by channel gives each channel mean 0 and standard deviation 1 over the training data', () => {
    const values = prepared(resolveAugmentation({ name: 'none' }), null);
    for (let c = 0; c < 3; c++) {
      const [mean, deviation] = meanAndDeviation([...values].filter((_, i) => i % 3 === c));
      expect(mean).toBeCloseTo(0, 5);
      expect(deviation).toBeCloseTo(1, 5);
    }
  });

  it('by image gives each image mean 0 and standard deviation 1, also one that was augmented', () => {
    // A contrast of 0.2 would take such small images below the least divisor.
    const settings = resolveAugmentation({ name: 'authors', contrast: [0.8, 1.8] });
    for (const stream of [null, new Random(3)]) {
      const values = prepared(settings, stream);
      for (let i = 0; i < COUNT; i++) {
        const [mean, deviation] = meanAndDeviation(imageOf(values, i));
        expect(mean).toBeCloseTo(0, 5);
        expect(deviation).toBeCloseTo(1, 5);
      }
    }
  });

  it('by image makes a constant image zero', () => {
    const settings = resolveAugmentation({ name: 'none', standardise: 'image' });
    const values = prepared(settings, null, {
      bytes: new Uint8Array(LENGTH).fill(7),
      indices: Int32Array.of(0),
    });
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-6);
  });

  it('by channel is the same whether or not colours were changed before', () => {
    const plain = prepared(resolveAugmentation({ name: 'none' }), null);
    const hardly = prepared(resolveAugmentation({ name: 'none', brightness: 1e-9 }), new Random(1));
    hardly.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[i]!, 5);
    });
  });
});

describe('random changes', () => {
  it('mirror about half of the images and leave the others', () => {
    const plain = prepared(resolveAugmentation({ name: 'none' }), null);
    const flipped = prepared(resolveAugmentation({ name: 'none', flip: true }), new Random(5));
    let mirrored = 0;
    for (let i = 0; i < COUNT; i++) {
      const before = imageOf(plain, i);
      const after = imageOf(flipped, i);
      if (after.every((value, j) => value === before[j])) continue;
      mirrored++;
      after.forEach((value, j) => {
        const [pixel, c] = [Math.floor(j / 3), j % 3];
        const mirror = Math.floor(pixel / 6) * 6 + (5 - (pixel % 6));
        expect(value).toBe(before[3 * mirror + c]);
      });
    }
    expect(mirrored).toBeGreaterThan(10);
    expect(mirrored).toBeLessThan(30);
  });

  it('crop from all positions of the padding', () => {
    // One white pixel in the middle shows where the crop lies.
    const bytes = new Uint8Array(25);
    bytes[12] = 255;
    const settings = resolveAugmentation({ name: 'none', padding: 2 });
    const values = prepared(settings, new Random(2), {
      bytes,
      indices: new Int32Array(400),
      shape: [5, 5, 1],
      moments: { mean: [0], std: [1] },
    });
    const seen = new Map<number, number>();
    for (let i = 0; i < 400; i++) {
      const at = values.subarray(25 * i, 25 * (i + 1)).indexOf(1);
      seen.set(at, (seen.get(at) ?? 0) + 1);
    }
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(Math.max(...seen.values())).toBeLessThan(40); // 16 are expected, with a deviation of 4
  });

  it.each(policyNames)(
    'of the policy %s leave the training bytes alone, and are the same from the same stream',
    (name) => {
      const settings = resolveAugmentation({ name });
      const before = BYTES.slice();
      const once = prepared(settings, new Random(9));
      expect(BYTES).toEqual(before);
      expect(prepared(settings, new Random(9))).toEqual(once);
      const other = prepared(settings, new Random(10));
      if (name === 'none') expect(other).toEqual(once);
      else expect(other).not.toEqual(once);
    },
  );

  it('are not made to data to evaluate on', () => {
    const cifar = prepared(resolveAugmentation({ name: 'cifar' }), null);
    expect(cifar).toEqual(prepared(resolveAugmentation({ name: 'none' }), null));
  });

  it('of colour leave grey images grey and finite', () => {
    const settings = resolveAugmentation({ name: 'authors' });
    const values = prepared(settings, new Random(1), {
      indices: ALL.slice(0, 10),
      shape: [6, 6, 1],
      moments: { mean: [0], std: [1] },
    });
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
