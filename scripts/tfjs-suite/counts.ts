/** The numbers of specs that documents give: tests hold each document to what the specs did. */
import { readFileSync } from 'node:fs';
import type { SuiteOutcome } from './outcome.js';

/** A row of the document's table: specs that ran, passed and failed. */
export function countsRow(title: string, { specs }: Pick<SuiteOutcome, 'specs'>): string {
  const ran = specs.filter(({ status }) => status !== 'pending').length;
  const failed = specs.filter(({ status }) => status === 'failed').length;
  return `| ${[title, ...[ran, ran - failed, failed].map((count) => count.toLocaleString('en'))].join(' | ')} |`;
}

/** A document without the spaces that align its tables. */
export function documentRows(path: URL): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' ').trim());
}
