import { describe, expect, it } from 'vitest';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkKeys,
  checkNumber,
  show,
  suggestion,
} from './validate.js';

describe('checks of outside values', () => {
  it('return what is allowed', () => {
    expect(checkInteger('n', 3, 1, 3)).toBe(3);
    expect(checkNumber('x', 0.5, 0, 1)).toBe(0.5);
    expect(checkChoice('c', 'b', ['a', 'b'])).toBe('b');
    expect(checkBoolean('b', false)).toBe(false);
  });

  it.each([
    [() => checkInteger('n', 0, 1), RangeError, 'n is 0; it must be an integer of at least 1.'],
    [() => checkInteger('n', 1.5, 1, 3), RangeError, 'n is 1.5; it must be an integer from 1 to 3.'],
    [() => checkInteger('n', NaN, 1), RangeError, 'n is NaN'],
    [() => checkInteger('n', '1', 1), TypeError, "n is '1'"],
    [
      () => checkNumber('x', Infinity, 0),
      RangeError,
      'x is Infinity; it must be a finite number of at least 0.',
    ],
    [() => checkNumber('x', null, 0, 1), TypeError, 'x is null; it must be a number from 0 to 1.'],
    [() => checkChoice('c', 'epocj', ['epoch', 'batch']), RangeError, "Did you mean 'epoch'?"],
    [() => checkChoice('c', 4, ['epoch', 'batch']), TypeError, "c is 4; it must be 'epoch' or 'batch'."],
    [() => checkBoolean('b', 'true'), TypeError, "b is 'true'; it must be true or false."],
  ])('name the thing, its value and what is allowed (%#)', (check, type, message) => {
    expect(check).toThrow(type);
    expect(check).toThrow(message);
  });

  it('refuse unknown keys and things that are no options', () => {
    const check = (options: unknown) => (): void => {
      checkKeys('method', options, ['window', 'order']);
    };
    expect(check({ window: 1 })).not.toThrow();
    expect(check({ Windw: 1 })).toThrow(
      "method: unknown option 'Windw'. Did you mean 'window'? It takes window, order.",
    );
    expect(check({ zzzzzzz: 1 })).toThrow("method: unknown option 'zzzzzzz'. It takes window, order.");
    for (const none of [null, 3, [], 'x']) expect(check(none)).toThrow(TypeError);
  });

  it('suggest the nearest word, or none when all are far', () => {
    expect(suggestion('online-bach', ['uniform', 'online-batch'])).toBe(" Did you mean 'online-batch'?");
    expect(suggestion('xyzzy', ['uniform', 'online-batch'])).toBe('');
    expect(suggestion('select-presure', ['selection', 'selectionPressure'])).toBe(
      " Did you mean 'selectionPressure'?",
    );
    // A file may hold any key: a long one costs no time.
    expect(suggestion('window'.repeat(10_000), ['window', 'selectionPressure'])).toBe('');
  });

  it('show any value in short', () => {
    const values = [
      [1, 2],
      Object.create(null),
      new Map(),
      () => 1,
      Symbol('s'),
      10n,
      'x'.repeat(99),
      undefined,
    ];
    const shown = values.map(show);
    expect(shown.slice(0, 6)).toEqual([
      'an array of 2',
      'a object',
      'a Map',
      'a function',
      'a symbol',
      '10n',
    ]);
    expect(shown[6]).toHaveLength(62);
    expect(shown[7]).toBe('undefined');
  });
});
