import { describe, expect, it } from 'vitest';
import { csvField, csvLine } from './csv.js';

describe('a CSV field', () => {
  it.each([
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['+cmd|x', `'+cmd|x`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['-1+2', `'-1+2`],
    ['\t=1+1', `'\t=1+1`],
    ['＝1+1', `'＝1+1`],
  ])('is no formula: %j', (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  it('keeps numbers, other text and lists as they are', () => {
    expect(csvLine([-1.5, '-7', 'a=b', 'x, "y"', null, true, [1, null, 3], ''])).toBe(
      '-1.5,-7,a=b,"x, ""y""",,true,1 - 3,\n',
    );
  });
});
