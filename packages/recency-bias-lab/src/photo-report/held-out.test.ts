import { describe, expect, it } from 'vitest';
import { classAccuracies, confusionMatrix, wilsonInterval, wrongPhotos } from './held-out.js';
import { nextSteps } from './next-steps.js';

const photo = (index: number, label: number, predicted: number, probability: number) => ({
  ...{ index, label, predicted, probability },
  file: `${index}.jpg`,
});
const PHOTOS = [photo(0, 0, 0, 0.9), photo(1, 0, 1, 0.6), photo(2, 1, 1, 0.8), photo(3, 1, 0, 0.95)];

describe('held-out photos', () => {
  it('are counted by label and predicted class', () => {
    const matrix = confusionMatrix([...PHOTOS, photo(4, 1, 1, 0.7)], 3);
    expect(matrix).toEqual([
      [1, 1, 0],
      [1, 2, 0],
      [0, 0, 0],
    ]);
    expect(classAccuracies(matrix)).toEqual([
      { label: 0, right: 1, photos: 2 },
      { label: 1, right: 2, photos: 3 },
      { label: 2, right: 0, photos: 0 },
    ]);
  });

  it('that are wrong come the surest first', () => {
    expect(wrongPhotos(PHOTOS).map(({ index }) => index)).toEqual([3, 1]);
  });

  it("have Wilson's interval of their accuracy: 8 of 10 is 49 to 94 %, and 10 of 10 does not claim certainty", () => {
    const { low, high } = wilsonInterval(8, 10);
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.490', '0.943']);
    expect(wilsonInterval(10, 10).low).toBeCloseTo(0.722, 3);
    expect(wilsonInterval(10, 10).high).toBe(1);
  });
});

describe('next steps', () => {
  const names = ['daisy', 'rose'];

  it('ask for more photos of the class that is right least often, and name the confusion that happens most', () => {
    const steps = nextSteps(
      [
        [9, 1],
        [4, 6],
      ],
      [40, 40],
      names,
      0,
    );
    expect(steps[0]).toContain('More photos of rose');
    expect(steps.join(' ')).toContain('4 photos of rose were taken for daisy');
  });

  it('say that held-out photos which are also trained make the accuracy too high', () => {
    expect(
      nextSteps(
        [
          [5, 0],
          [0, 5],
        ],
        [40, 40],
        names,
        3,
      ).join(' '),
    ).toContain('3 held-out photos');
  });
});
