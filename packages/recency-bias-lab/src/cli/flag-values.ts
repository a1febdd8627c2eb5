/** The values of flags, read from their texts. */
import { InvalidArgumentError } from 'commander';
import { isPluginPath, labelOfModule, pluginPath } from '../plugins/plugin-path.js';
import { parseNumber } from './flag-numbers.js';

/** The parts of `name:option=value,...`. */
export interface NamedOptions {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Methods by label. */
export type NamedSelectors = Readonly<Record<string, NamedOptions>>;

/** `1,2,3` */
export function parseNumbers(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/** `0.5:0.1,0.75:0.1` */
export function parseSteps(text: string): (readonly [number, number])[] {
  return text.split(',').map((pair) => {
    const [when, factor, ...rest] = pair.split(':');
    if (when === undefined || factor === undefined || rest.length > 0) {
      throw new InvalidArgumentError('Expected when:factor pairs such as 0.5:0.1,0.75:0.1.');
    }
    return [parseNumber(when), parseNumber(factor)] as const;
  });
}

/** JSON, or else the text itself. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `option=value,...`; commas inside brackets belong to a value. */
function parseOptions(text: string): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const assignment of text.split(/,(?![^[]*\])/)) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError(`Expected option=value, found "${assignment}".`);
    options[assignment.slice(0, equals)] = parseValue(assignment.slice(equals + 1));
  }
  return options;
}

/** A registry name, or the path of a module as experiments have it. */
export function parseName(text: string): string {
  return isPluginPath(text) ? pluginPath(text) : text;
}

/** `name[:option=value,...]` */
export function parseNamed(text: string): NamedOptions {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: parseName(text), options: {} };
  if (colon === 0) throw new InvalidArgumentError('Expected name[:option=value,...].');
  return { name: parseName(text.slice(0, colon)), options: parseOptions(text.slice(colon + 1)) };
}

/** `[label=]name[:option=value,...]`, collected by label. */
export function parseSelector(text: string, previous: NamedSelectors = {}): NamedSelectors {
  const colon = text.indexOf(':');
  const head = colon < 0 ? text : text.slice(0, colon);
  const [first = '', second, ...rest] = head.split('=');
  if (first === '' || second === '' || rest.length > 0) {
    throw new InvalidArgumentError('Expected [label=]name[:option=value,...].');
  }
  const options = colon < 0 ? {} : parseOptions(text.slice(colon + 1));
  const label = labelOfModule(first);
  if (label in previous) throw new InvalidArgumentError(`The label ${label} is used twice.`);
  return { ...previous, [label]: { name: parseName(second ?? first), options } };
}
