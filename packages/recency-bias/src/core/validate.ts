/** Checks of values that come from outside. Every message names the thing, its value and what is allowed. */

/** A short printable form of any value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
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
 * An integer in [min, max].
 * @throws TypeError when it is no number, RangeError when it is no integer or outside.
 */
export function checkInteger(
  name: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  const allowed =
    max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`${name} is ${show(value)}; it must be ${allowed}.`);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} is ${value}; it must be ${allowed}.`);
  }
  return value;
}

/**
 * A finite number in [min, max].
 * @throws TypeError when it is no number, RangeError when it is not finite or outside.
 */
export function checkNumber(name: string, value: unknown, min: number, max = Infinity): number {
  const allowed = max === Infinity ? `a finite number of at least ${min}` : `a number from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`${name} is ${show(value)}; it must be ${allowed}.`);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new RangeError(`${name} is ${value}; it must be ${allowed}.`);
  }
  return value;
}

/**
 * One of a few words.
 * @throws TypeError when it is no string, RangeError when it is another word.
 */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const allowed = choices.map((choice) => `'${choice}'`).join(' or ');
  if (typeof value !== 'string') throw new TypeError(`${name} is ${show(value)}; it must be ${allowed}.`);
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new RangeError(`${name} is ${show(value)}; it must be ${allowed}.${suggestion(value, choices)}`);
  }
  return found;
}

/**
 * True or false.
 * @throws TypeError otherwise.
 */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${name} is ${show(value)}; it must be true or false.`);
  }
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
    throw new TypeError(`${owner}: options is ${show(options)}; it must be an object.`);
  }
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      const known = allowed.length === 0 ? 'It takes none.' : `It takes ${allowed.join(', ')}.`;
      throw new TypeError(`${owner}: unknown option '${key}'.${suggestion(key, allowed)} ${known}`);
    }
  }
}

/**
 * All options of a method: those given over the defaults.
 * @throws TypeError as `checkKeys` does
 */
export function overDefaults<T extends object>(
  owner: string,
  defaults: Required<T>,
  options: T,
): Required<T> {
  checkKeys(owner, options, Object.keys(defaults));
  return { ...defaults, ...options };
}

/** `" Did you mean 'window'?"` for the nearest candidate, or an empty string when none is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : ` Did you mean '${best}'?`;
}

/** Levenshtein distance: the fewest insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
