import { describe, expect, it } from 'vitest';
import { newLabels } from './flicker.js';

describe('the labels that flash', () => {
  it('are those that came in at the end of a window', () => {
    expect(newLabels(['1', '2', '3'], ['2', '3', '7'])).toBe(1);
    expect(newLabels(['1', '2', '3'], ['3', '7', '7'])).toBe(2);
    expect(newLabels(['1', '2'], ['1', '2', '2'])).toBe(1);
  });

  it('are none where nothing has changed, and all of a window that was not there', () => {
    expect(newLabels(['1', '2', '3'], ['1', '2', '3'])).toBe(0);
    expect(newLabels(undefined, ['4', '4'])).toBe(2);
    expect(newLabels(['1', '2', '3'], ['4', '5', '6'])).toBe(3);
  });
});
