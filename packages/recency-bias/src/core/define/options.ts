import type { TrainingRun } from '../selector.js';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkKeys,
  checkNumber,
  invalid,
  show,
} from '../validate.js';
import { checkPressure, type PressureSchedule, type SelectionPressure } from '../schedule.js';

/** An option as plain data: `JSON.stringify` of an `Option` gives these fields. */
export interface OptionDescription {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'pressure' | 'per-sample';
  /** Value when none is given; null where `rule` says it, or where there is none. */
  readonly default: unknown;
  /** Least value of a number, the value included. */
  readonly min?: number;
  /** Greatest value of a number, the value included; none where it is absent. */
  readonly max?: number;
  /** All words of a choice. */
  readonly choices?: readonly string[];
  /** Whether null is a value of its own. */
  readonly nullable?: true;
  /** Whether a list with a value for each epoch may stand for one value. */
  readonly perEpoch?: true;
  /** Whether it has no default and must be given. */
  readonly required?: true;
  /** The default in words, where it depends on the run. */
  readonly rule?: string;
}

/**
 * An option of a method: what may be given for it, and what the method gets.
 *
 * `Given` is what a caller may write, `Value` what the method reads. Make one with `integer`, `number`, `boolean`,
 * `choice`, `pressure`, `perSample` and their modifiers `nullable`, `perEpoch` and `byRun`.
 */
export interface Option<Given = unknown, Value = Given> extends OptionDescription {
  /**
   * The value of what was given.
   * @param name names the option in messages, e.g. `'recencyBias: window'`
   * @throws TypeError or RangeError naming the option, its value and what is allowed
   */
  check(name: string, given: Given): Value;
  /** The default, where it depends on the run and on which options were given. */
  defaultFor?(run: TrainingRun, given: Readonly<Record<string, unknown>>): Value;
  /**
   * Checks a value against the run.
   * @throws RangeError naming the option
   */
  fit?(name: string, value: Value, run: TrainingRun): void;
}

/** Options by name. A comment above an option is what editors show. */
export type OptionTable = Readonly<Record<string, Option>>;

type RequiredNames<T> = { [K in keyof T]: T[K] extends { readonly required: true } ? K : never }[keyof T];

type GivenOf<T> = T extends { check(name: string, given: infer Given): unknown } ? Given : never;

/** The options that a caller may give: every option of a table, `undefined` standing for its default. */
export type OptionsOf<T extends OptionTable> = [RequiredNames<T>] extends [never]
  ? { readonly [K in keyof T]?: GivenOf<T[K]> | undefined }
  : { readonly [K in keyof T as Exclude<K, RequiredNames<T>>]?: GivenOf<T[K]> | undefined } & {
      readonly [K in keyof T as Extract<K, RequiredNames<T>>]: GivenOf<T[K]>;
    };

/** The values that a method gets: the checked value of every option of a table. */
export type ValuesOf<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends { check(name: string, given: never): infer Value } ? Value : never;
};

/** A whole number from `min` to `max`. */
export function integer(fallback: number, min: number, max?: number): Option<number> {
  return {
    type: 'integer',
    default: fallback,
    min,
    ...(max !== undefined && { max }),
    check: (name, given) => checkInteger(name, given, min, max),
  };
}

/** A finite number from `min` to `max`. */
export function number(fallback: number, min: number, max?: number): Option<number> {
  return {
    type: 'number',
    default: fallback,
    min,
    ...(max !== undefined && { max }),
    check: (name, given) => checkNumber(name, given, min, max),
  };
}

/** True or false. */
export function boolean(fallback: boolean): Option<boolean> {
  return { type: 'boolean', default: fallback, check: checkBoolean };
}

/** One of a few words, of which the first is the default. */
export function choice<const T extends string>(...choices: readonly [T, ...T[]]): Option<T> {
  return {
    type: 'choice',
    default: choices[0],
    choices,
    check: (name, given) => checkChoice(name, given, choices),
  };
}

/**
 * A selection pressure.
 * @param kind how pressure changes where a number is given: from it to 1, or not at all
 */
export function pressure(
  fallback: number,
  kind?: 'exponential' | 'constant',
): Option<SelectionPressure, PressureSchedule> {
  return {
    type: 'pressure',
    default: fallback,
    min: 1,
    check: (name, given) => checkPressure(name, given, kind),
  };
}

/** An option that may also be null, which is its default. */
export function nullable<Given, Value>(option: Option<Given, Value>): Option<Given | null, Value | null> {
  return {
    ...describe(option),
    default: null,
    nullable: true,
    check: (name, given) => (given === null ? null : option.check(name, given)),
  };
}

/** An option that may also be a list with one value for each epoch of the run. */
export function perEpoch(option: Option<number>): Option<number | readonly number[]> {
  return {
    ...describe(option),
    default: option.default,
    perEpoch: true,
    check: (name, given) =>
      Array.isArray(given)
        ? (given as readonly number[]).map((value, i) => option.check(`${name}[${i}]`, value))
        : option.check(name, given as number),
    fit: (name, value, { epochs }) => {
      if (typeof value === 'number' || value.length === epochs) return;
      throw new RangeError(
        `${name} is ${show(value)}; it must have one share for each of the run's ${epochs} epochs.`,
      );
    },
  };
}

/**
 * An option whose default depends on the run; null stands for that default.
 * @param rule the default in words, e.g. `'a fifth of the epochs'`
 * @param defaultFor the default for a run, where `given` are the options that the caller gave
 */
export function byRun<Given, Value>(
  option: Option<Given, Value>,
  rule: string,
  defaultFor: NonNullable<Option<Given | null, Value>['defaultFor']>,
): Option<Given | null, Value> {
  return {
    ...option,
    default: null,
    rule,
    check: (name, given) => option.check(name, given as Given),
    defaultFor,
  };
}

/**
 * Numbers that are made before training, one a sample in the order of the data: an array (plain JSON) or a typed array of
 * finite numbers. It must be given; experiment files name a file for it.
 * @param what what the number of a sample is, for messages
 */
export function perSample(
  what: string,
): Option<readonly number[] | Float32Array | Float64Array, Float64Array> & { readonly required: true } {
  return {
    type: 'per-sample',
    default: null,
    required: true,
    check: (name, given: unknown) => {
      if (!(Array.isArray(given) || given instanceof Float32Array || given instanceof Float64Array)) {
        throw invalid(TypeError, name, given, `an array with one number a sample: ${what}`);
      }
      const values = Float64Array.from(given as ArrayLike<number>);
      const bad = values.findIndex((value, i) => typeof given[i] !== 'number' || !Number.isFinite(value));
      if (bad >= 0) {
        throw invalid(RangeError, `${name}[${bad}]`, given[bad], 'a finite number');
      }
      return values;
    },
    fit: (name, { length }, { size }) => {
      if (length === size) return;
      throw new RangeError(
        `${name} has ${length} numbers, but the run has ${size} samples; they must be equal.`,
      );
    },
  };
}

/**
 * Uniform epochs before a method begins to select; the selector trains them by itself where its option `warmupEpochs` is this
 * one. At most the run's epochs. Default: `usualWarmup`.
 */
export function warmup(): Option<number | null, number> {
  return byRun(warmupOf(0), 'a fifth of the epochs, at most 15', usualWarmup);
}

/** A warm-up as `warmup` has it, with a default that does not depend on the run. */
export function warmupOf(fallback: number): Option<number> {
  return { ...integer(fallback, 0), fit: checkWarmup };
}

/** The warm-up of a run where none is given: a fifth of its epochs, rounded up, at most the paper's 15. */
export function usualWarmup({ epochs }: TrainingRun): number {
  return Math.min(15, Math.ceil(epochs / 5));
}

/**
 * Checks a number of warm-up epochs against the run.
 * @throws RangeError when the warm-up is longer than the run
 */
export function checkWarmup(name: string, epochs: number, run: TrainingRun): void {
  if (epochs <= run.epochs) return;
  throw new RangeError(
    `${name} is ${epochs}, but the run has ${run.epochs} epochs; use at most ${run.epochs}, or train longer.`,
  );
}

/** The plain data of an option. */
function describe({ type, min, max, choices }: Option<never, unknown>): Omit<OptionDescription, 'default'> {
  return {
    type,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(choices !== undefined && { choices }),
  };
}

/**
 * Checks the options that a caller gave.
 * @param owner names the method in messages, e.g. `'recencyBias'`
 * @returns the values of all options for a run; it throws a RangeError where an option does not fit the run
 * @throws TypeError for an unknown option, TypeError or RangeError for a bad value
 */
export function readOptions<T extends OptionTable>(
  owner: string,
  table: T,
  options: object,
): (run: TrainingRun) => ValuesOf<T> {
  checkKeys(owner, options, Object.keys(table));
  const given: Readonly<Record<string, unknown>> = { ...options };
  const checked: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) {
    const { [key]: value = option.default } = given;
    if (value === null && option.defaultFor !== undefined) continue;
    checked[key] = option.check(`${owner}: ${key}`, value);
  }
  return (run) => {
    const values: Record<string, unknown> = { ...checked };
    for (const [key, option] of Object.entries(table)) {
      if (!(key in values)) values[key] = option.defaultFor?.(run, given);
      option.fit?.(`${owner}: ${key}`, values[key], run);
    }
    return values as ValuesOf<T>;
  };
}
