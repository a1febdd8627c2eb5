/** The messages of the server to a page that is fed: the pieces of the page, and of its charts' data, that have changed. */
import type { ChartData } from './chart-data.js';

/** Changes since the message before it, or everything. */
export interface FeedMessage {
  /** Whether it holds everything. */
  readonly isWhole: boolean;
  /** ISO 8601. */
  readonly time: string;
  readonly title: string;
  /** How many pieces the page has now, and those that changed, by their place. */
  readonly length: number;
  readonly pieces: readonly (readonly [at: number, text: string])[];
  /** How many comparisons there are now, and the charts' data of those that changed. */
  readonly comparisons: number;
  readonly data: readonly (readonly [at: number, data: ChartData])[];
}

/** The page as pieces that change by themselves: cut before each section and each sample, which may hold a picture. */
export function cutPieces(content: string): string[] {
  return content.split(/(?=<section |<li class="sample")/);
}

/** The pieces that `next` has and `before` has not, by their place. */
export function changedPieces(before: readonly string[], next: readonly string[]): [number, string][] {
  return next.flatMap((text, at): [number, string][] => (before[at] === text ? [] : [[at, text]]));
}

/** The pieces after a message. */
export function joinPieces(
  before: readonly string[],
  { length, pieces }: Pick<FeedMessage, 'length' | 'pieces'>,
): string[] {
  const after = before.slice(0, length);
  for (const [at, text] of pieces) after[at] = text;
  return after;
}
