import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ideaFigure } from './idea-figure.js';

describe('the picture of the idea', () => {
  it('is what its script draws', () => {
    const committed = readFileSync(new URL('../docs/images/idea.svg', import.meta.url), 'utf8');
    expect(committed, 'run `npm run figure`').toBe(ideaFigure());
  });

  it('shows the uncertainty of the windows and the resulting ratio', () => {
    // The uncertain window 5 3 8 5 5 3 8 3 5 6 holds 5 four times, 3 three times, 8 twice and 6 once.
    const shares = [0.4, 0.3, 0.2, 0.1];
    const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0) / Math.log(10);
    const figure = ideaFigure();
    expect(figure).toContain(`uncertainty ${entropy.toFixed(2)}, drawn ${(100 ** entropy).toFixed(1)} times`);
    expect(figure.match(/uncertainty 0\.00, drawn 1\.0 times/g)).toHaveLength(2);
  });
});
