/** The values of flags that are numbers, read from their texts. It loads nothing, so that every command can state such flags. */
import { InvalidArgumentError } from 'commander';

/** A number as written; what it may be is checked with the rest of the experiment. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** `64`, or `48x64`: height and width. */
export function parseImageSize(text: string): number | readonly [number, number] {
  const [height = '', width, ...rest] = text.split('x');
  if (rest.length > 0) throw new InvalidArgumentError('Expected a size such as 64 or 48x64.');
  return width === undefined ? parseNumber(height) : [parseNumber(height), parseNumber(width)];
}

/** `0.05`, or `0.05:confusable`: a share, and what wrong labels become. */
export function parseLabelNoise(text: string): number | { readonly share: number; readonly to: string } {
  const [share = '', to, ...rest] = text.split(':');
  if (rest.length > 0) throw new InvalidArgumentError('Expected a share such as 0.05 or 0.05:confusable.');
  return to === undefined ? parseNumber(share) : { share: parseNumber(share), to };
}
