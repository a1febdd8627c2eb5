/** Suggestions for names that nobody knows. */
import { closest, distance } from 'fastest-levenshtein';

/** The known name that `word` is probably a slip of; undefined when none is near. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const withoutFolder = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
  const same =
    known.find((name) => plain(name) === plain(word)) ??
    known.find((name) => plain(withoutFolder(name)) === plain(word));
  if (same !== undefined) return same;
  const best = closest(word, [...known]);
  return distance(word, best) <= Math.max(2, Math.floor(word.length / 3)) ? best : undefined;
}

/** `"mnits" is not known; did you mean "mnist"?`, or the list of what is known. */
export function unknownName(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
  return `${JSON.stringify(word)} is not known; ${hint}`;
}
