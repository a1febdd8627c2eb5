import { describe, expect, it } from 'vitest';
import { classCodes } from './class-codes.js';

describe('codes of classes', () => {
  it('are two letters that no other class has, or the name or number where there are none', () => {
    expect(classCodes(['daisy', 'dandelion', 'rose', 'sunflower', 'tulip'])).toEqual([
      'da',
      'dn',
      'ro',
      'su',
      'tu',
    ]);
    expect(classCodes(['0', '1', '12'])).toEqual(['0', '1', '12']);
    expect(classCodes(['aaa', 'aaaa', '<b>', '--'])).toEqual(['aa', '1', '2', '--']);
    expect(classCodes(Array.from({ length: 41 }, (_, i) => `class ${i}`))).toBe(undefined);
  });
});
