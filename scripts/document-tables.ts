/** The documents whose tables are made from records/. */
import { existsSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { readComparison } from '../packages/recency-bias-lab/src/records/read.js';
import { analyse } from '../packages/recency-bias-lab/src/report/analysis/results.js';
import type { Analysis } from '../packages/recency-bias-lab/src/report/analysis/results.js';
import { namedComparisons, withTables } from '../packages/recency-bias-lab/src/report/markdown/documents.js';
import type { Records } from './regimes/analysis.js';
import { withRegimes } from './regimes/table.js';

/** Paths in the repository. */
export const DOCUMENTS = ['docs/choosing.md', 'docs/reproduction.md'] as const;

/** The page of the map of regimes, and its picture. */
export const REGIMES_DOCUMENT = 'docs/regimes.md';
export const REGIME_FIGURE = 'docs/images/regimes.svg';
export const SHORT_REGIME_FIGURE = 'docs/images/regimes-short.svg';

/** The text of the page of regimes with its tables made anew, formatted. */
export async function regimesDocument(
  path: string,
  text: string,
  records: Records,
  later: Records,
): Promise<string> {
  return format(withRegimes(text, records, later), { ...(await resolveConfig(path)), filepath: path });
}

/** Tables hold no date. */
const ANY_DATE = new Date(0);

/** The text of a document with its tables made anew, formatted. */
export async function documentWithTables(path: string, text: string, records = 'records'): Promise<string> {
  const analyses = new Map<string, Analysis>();
  for (const name of namedComparisons(text)) {
    const dir = `${records}/${name}`;
    if (existsSync(`${dir}/experiment.json`))
      analyses.set(name, analyse(await readComparison(dir), ANY_DATE));
  }
  const options = await resolveConfig(path);
  return format(
    withTables(text, (name) => analyses.get(name)),
    { ...options, filepath: path },
  );
}
