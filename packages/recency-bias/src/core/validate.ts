/** Checks of values that come from outside. Every message names the thing, its value and what is allowed. */

/** With more slips a word is another word, and to try all places for them would take long. */
const MOST_SLIPS = 6;

/** A short printable form of any value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const prototype = Object.getPrototypeOf(value) as {
    readonly constructor?: { readonly name?: string };
  } | null;
  return `a ${prototype?.constructor?.name ?? 'object'}`;
}

/** A noun with the article that it takes. */
export function withArticle(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/**
 * The error for a value that is not allowed.
 * @param kind TypeError for a value of another type, RangeError for one that is out of range
 * @param allowed the allowed values in words
 * @param advice a sentence behind it, which begins with a space; default none
 */
export function invalid(
  kind: ErrorConstructor,
  name: string,
  value: unknown,
  allowed: string,
  advice = '',
): Error {
  return new kind(`${name} is ${show(value)}; it must be ${allowed}.${advice}`);
}

/** A number in [min, max] of a kind, which `noun` names. */
function checkRange(
  name: string,
  value: unknown,
  min: number,
  max: number,
  isKind: (value: unknown) => boolean,
  noun: string,
): number {
  const isNumber = typeof value === 'number';
  if (isNumber && isKind(value) && value >= min && value <= max) return value;
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
  throw invalid(isNumber ? RangeError : TypeError, name, value, `${noun} ${range}`);
}

/**
 * An integer in [min, max].
 * @throws TypeError when it is no number, RangeError when it is no integer or outside.
 */
export function checkInteger(name: string, value: unknown, min: number, max = Infinity): number {
  return checkRange(name, value, min, max, Number.isSafeInteger, 'an integer');
}

/**
 * A finite number in [min, max].
 * @throws TypeError when it is no number, RangeError when it is not finite or outside.
 */
export function checkNumber(name: string, value: unknown, min: number, max = Infinity): number {
  const noun = max === Infinity ? 'a finite number' : 'a number';
  return checkRange(name, value, min, max, Number.isFinite, noun);
}

/**
 * One of a few words.
 * @throws TypeError when it is no string, RangeError when it is another word.
 */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const allowed = choices.map((choice) => `'${choice}'`).join(' or ');
  if (typeof value !== 'string') throw invalid(TypeError, name, value, allowed);
  throw invalid(RangeError, name, value, allowed, suggestion(value, choices));
}

/**
 * True or false.
 * @throws TypeError otherwise.
 */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid(TypeError, name, value, 'true or false');
  return value;
}

/**
 * An options object with none but the allowed keys.
 * @throws TypeError when it is no plain object or has an unknown key; the message suggests the nearest one.
 */
export function checkKeys(
  owner: string,
  options: unknown,
  allowed: readonly string[],
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid(TypeError, `${owner}: options`, options, 'an object');
  }
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      const known = allowed.join(', ') || 'none';
      throw new TypeError(`${owner}: unknown option '${key}'.${suggestion(key, allowed)} It takes ${known}.`);
    }
  }
}

/** `" Did you mean 'window'?"` for the nearest candidate, or an empty string when none is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const most = Math.min(MOST_SLIPS, Math.max(2, word.length / 3));
  for (let slips = 0; slips <= most; slips++) {
    const near = candidates.find((name) => isWithin(slips, word.toLowerCase(), name.toLowerCase()));
    if (near !== undefined) return ` Did you mean '${near}'?`;
  }
  return '';
}

/** Whether at most so many insertions, deletions and substitutions turn `a` into `b`. */
function isWithin(slips: number, a: string, b: string): boolean {
  if (a === b || slips < 1) return a === b;
  const restOfA = a.slice(1);
  const restOfB = b.slice(1);
  if (a.at(0) === b.at(0)) return isWithin(slips, restOfA, restOfB);
  const left = slips - 1;
  return isWithin(left, restOfA, restOfB) || isWithin(left, restOfA, b) || isWithin(left, a, restOfB);
}
