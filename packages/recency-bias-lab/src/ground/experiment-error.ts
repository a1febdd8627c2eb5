/** Turns what a schema finds wrong into one line a mistake: the field, the value, what is allowed. */
import { z } from 'zod';
import { suggest } from './suggest.js';

/** An experiment that cannot be run; the message has one line a mistake. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';

  constructor(
    readonly problems: readonly string[],
    source?: string,
  ) {
    super(problems.map((problem) => (source === undefined ? problem : `${source}: ${problem}`)).join('\n'));
  }
}

type Path = readonly PropertyKey[];

/** `learningRate.steps[1]` */
function formatPath(path: Path): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value === 'object' && value !== null) return (value as Record<PropertyKey, unknown>)[key];
    // A bare value may stand for an object with this field alone.
    return key === 'name' || key === 'initial' || key === 'share' ? value : undefined;
  }, input);
}

/** The schema inside defaults, optionals and preprocessing. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.out);
  return schema;
}

/** Names of the fields that the schema allows at a path. */
function fieldsAt(schema: unknown, path: Path): string[] {
  let at = unwrap(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrap((at.shape as Record<PropertyKey, unknown>)[key]);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType);
    else if (at instanceof z.ZodArray) at = unwrap(at.element);
    else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** A value as it should appear in an error: short. */
export function shortJson(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a pair of numbers',
  object: 'a mapping of fields',
  record: 'a mapping of labels to methods',
};

function limit(word: string, bound: number | bigint, inclusive: boolean, origin: string): string {
  const noun = origin === 'array' || origin === 'set' ? ' items' : origin === 'string' ? ' characters' : '';
  if (word === 'least') return inclusive ? `at least ${bound}${noun}` : `more than ${bound}${noun}`;
  return inclusive ? `at most ${bound}${noun}` : `less than ${bound}${noun}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input')) return issue.message; // the schema's own words
      return `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `expected ${limit('least', issue.minimum, issue.inclusive !== false, issue.origin)}`;
    case 'too_big':
      return `expected ${limit('most', issue.maximum, issue.inclusive !== false, issue.origin)}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`;
    case 'invalid_key':
      return `the label ${issue.issues[0]?.message ?? 'is not allowed'}`;
    default:
      return issue.message;
  }
}

/** One line a mistake. */
export function describeIssues(error: z.ZodError, schema: z.ZodType, input: unknown): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const allowed = fieldsAt(schema, issue.path);
      return issue.keys.map((key) => {
        const near = suggest(key, allowed);
        const hint = near === undefined ? `allowed are ${allowed.join(', ')}` : `did you mean ${near}?`;
        return `${formatPath([...issue.path, key])}: unknown field; ${hint}`;
      });
    }
    const path = formatPath(issue.path) || 'experiment';
    const value = valueAt(input, issue.path);
    if (issue.code === 'invalid_key') return [`${path}: ${expectation(issue)}`];
    return [
      value === undefined
        ? `${path}: is missing; ${expectation(issue)}`
        : `${path}: is ${shortJson(value)}; ${expectation(issue)}`,
    ];
  });
}
