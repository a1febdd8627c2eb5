import { stripVTControlCharacters } from 'node:util';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordError } from '../../src/records/read.js';
import type { Results } from '../../src/report/index.js';
import { RESULTS_VERSION, writeReport } from '../../src/report/index.js';
import type { SyntheticOptions } from '../support/synthetic-comparison.js';
import { writeSyntheticComparison } from '../support/synthetic-comparison.js';

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function report(options: SyntheticOptions = {}) {
  const dir = join(root, String(made++));
  await writeSyntheticComparison(dir, { epochs: 6, warmupEpochs: 2, ...options });
  const written = await writeReport(dir, { now: new Date('2026-03-02T00:00:00Z') });
  const page = await readFile(written.reportPath, 'utf8');
  const results = JSON.parse(await readFile(join(dir, 'results.json'), 'utf8')) as Results;
  // The text that a reader sees, without the script, its data and the style sheet.
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<script')).replaceAll(/\s+/g, ' ');
  return { dir, page, body, results, ...written };
}

describe('writeReport', () => {
  it('writes a page and its numbers, and leaves nothing else behind', async () => {
    const { dir, reportPath, results, body, page, terminalTable } = await report();
    expect(reportPath).toBe(join(dir, 'report.html'));
    const entries = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isFile());
    expect(entries.map(({ name }) => name).sort()).toEqual([
      'experiment.json',
      'report.html',
      'results.csv',
      'results.json',
    ]);
    expect(results.version).toBe(RESULTS_VERSION);
    expect(results.generatedAt).toBe('2026-03-02T00:00:00.000Z');
    expect(results.selectors.map(({ seeds }) => seeds.length)).toEqual([3, 3, 3, 3]);
    expect(results.errorComparisons).toHaveLength(12);
    expect(results.timeReductions).toHaveLength(24);
    expect(body).toContain('Recency Bias');
    expect(terminalTable).toMatch(/^Recency Bias /m);
    expect(page.length).toBeLessThan(1_000_000);
  });

  it('makes the same page from the same records at the same time', async () => {
    const { dir, page } = await report({ seeds: [1] });
    const again = await writeReport(dir, { now: new Date('2026-03-02T00:00:00Z') });
    expect(await readFile(again.reportPath, 'utf8')).toBe(page);
  });

  it('loads nothing: no address in the page is outside of it', async () => {
    const { page, body } = await report({ seeds: [1] });
    for (const [, address] of body.matchAll(/\s(?:src|href|srcset|action|poster)\s*=\s*"([^"]*)"/g)) {
      expect(address).toMatch(/^(?:data:|#)/);
    }
    const head = page.slice(0, page.indexOf('<body>'));
    expect(head + body).not.toMatch(/<(?:link|iframe|object|embed|base)\b|@import|url\(/i);
    expect(head).toContain('content="default-src &#39;none&#39;; script-src &#39;sha256-');
  });

  it('escapes hostile names everywhere', async () => {
    const evil = '</script><script>alert(1)</script>"\'><img src=x onerror=alert(1)>';
    const { page, body } = await report({
      seeds: [1],
      name: evil,
      classNames: [evil, '&lt;', '"quoted"'],
      selectors: ['uniform', evil],
      methods: { [evil]: 'recency-bias' },
    });
    expect(body).not.toContain('<img src=x');
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
    // The script of the page and its data, and no other.
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
  });

  it('leaves every epoch of every run as a row, in results.csv and in results.json', async () => {
    const odd = '=1+1';
    const { dir } = await report({ seeds: [1, 2], selectors: ['uniform', odd], warmupEpochs: 2 });
    const lines = (await readFile(join(dir, 'results.csv'), 'utf8')).trimEnd().split('\n');
    const { epochs } = JSON.parse(await readFile(join(dir, 'results.json'), 'utf8')) as {
      epochs: Record<string, unknown>[];
    };
    const columns = lines[0]!.split(',');
    // Two selectors, two seeds, six epochs.
    expect([epochs.length, lines.length]).toEqual([24, 25]);
    expect(Object.keys(epochs[0]!)).toEqual(columns);
    const fields = lines.slice(1).map((line) => line.split(','));
    expect(fields.map((row) => Number(row[columns.indexOf('testError')]))).toEqual(
      epochs.map(({ testError }) => testError),
    );
    expect(epochs.filter(({ warmup }) => warmup).map(({ epoch }) => epoch)).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
    expect(new Set(epochs.map(({ selector }) => selector))).toEqual(new Set(['uniform', odd]));
    expect(new Set(fields.map((row) => row[columns.indexOf('selector')]))).toEqual(
      new Set(['uniform', `'${odd}`]),
    );
    const described = await readFile(new URL('../../../../docs/results-format.md', import.meta.url), 'utf8');
    for (const column of columns) expect(described).toContain(`\`${column}\``);
  });

  it('reports a comparison under way, and says which runs are missing', async () => {
    const { body, results, terminalTable } = await report({
      seeds: [1, 2],
      stopAt: (selector, seed) =>
        seed === 1 || selector === 'uniform' ? Infinity : selector === 'active-bias' ? 0 : 4,
    });
    expect(results.progress.filter(({ state }) => state === 'complete')).toHaveLength(5);
    for (const text of [body, stripVTControlCharacters(terminalTable).replaceAll(/\s+/g, ' ')]) {
      expect(text).toContain('3 runs of 8 missing from the tables');
      expect(text).toContain('Recency Bias seed 2 (at epoch 4 of 6)');
      expect(text).toContain('Active Bias seed 2 (not begun)');
    }
  });

  it.each<[string, SyntheticOptions]>([
    ['before any run has begun', { stopAt: () => 0 }],
    ['in the warm-up of the first run', { stopAt: () => 0, warmupEpochs: 0 }],
    ['with runs that have not finished an epoch of their own', { stopAt: () => 2 }],
    ['of one seed', { seeds: [7] }],
    ['of one selector', { selectors: ['recency-bias'] }],
    ['of one selector and seed without a warm-up', { selectors: ['a'], seeds: [1], warmupEpochs: 0 }],
    ['of one epoch', { epochs: 1, warmupEpochs: 0 }],
    ['without a random baseline', { selectors: ['recency-bias', 'online-batch'] }],
    ['of ten selectors', { seeds: [1], selectors: Array.from({ length: 10 }, (_, i) => `selector-${i}`) }],
  ])('works %s, without a NaN', async (_, options) => {
    const { body, terminalTable, dir } = await report({ seeds: [1, 2], ...options });
    for (const text of [body, terminalTable, await readFile(join(dir, 'results.json'), 'utf8')]) {
      // The bytes of a picture may spell anything.
      expect(text.replaceAll(/data:image[^"]*/g, '')).not.toMatch(/NaN|Infinity|undefined|\[object/);
    }
  });

  it('merges the directories of one experiment, and lists their machines', async () => {
    const dirs = [join(root, String(made++)), join(root, String(made++))];
    const options = { epochs: 6, warmupEpochs: 2 };
    await writeSyntheticComparison(dirs[0]!, { ...options, seeds: [1, 2] });
    await writeSyntheticComparison(dirs[1]!, { ...options, seeds: [3], cpu: 'Another CPU' });
    const out = join(root, 'merged', 'page.html');
    const { reportPath } = await writeReport(dirs, { out, now: new Date('2026-03-02T00:00:00Z') });
    expect(reportPath).toBe(out);
    const page = await readFile(out, 'utf8');
    const merged = JSON.parse(await readFile(join(root, 'merged', 'page.json'), 'utf8')) as Results;
    expect(merged.seeds).toEqual([1, 2, 3]);
    expect(merged.sources).toEqual(dirs);
    expect(page).toContain('seeds 1, 2: cpu, 2 cores');
    expect(page).toContain('seed 3: Another CPU, 2 cores');
    expect(page).toContain('compare seconds within a seed only');
    // The same comparison on one machine, but for the seconds.
    const whole = await report();
    expect(merged.selectors).toEqual(whole.results.selectors);
    expect(merged.errorComparisons).toEqual(whole.results.errorComparisons);
  });

  it('puts different experiments on one page, each with its own ids, and leaves their own reports alone', async () => {
    const { dir, page: own } = await report({ seeds: [1] });
    const other = await report({ seeds: [1], epochs: 8 });
    const combined = await writeReport([dir, other.dir]);
    expect(combined.reportPath).toBe(join(dir, 'combined-report.html'));
    expect(await readFile(join(dir, 'report.html'), 'utf8')).toBe(own);
    const page = await readFile(combined.reportPath, 'utf8');
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/(?:aria-labelledby|href)="#?(comparison[^"]*)"/g))
      expect(ids).toContain(id);
    // Both are called synthetic: their directories tell them apart.
    expect(page).toContain(`synthetic (${other.dir})</h2>`);
    const results = JSON.parse(await readFile(join(dir, 'combined-report.json'), 'utf8')) as {
      comparisons: Results[];
    };
    expect(results.comparisons.map(({ progress }) => progress[0]!.epochs)).toEqual([6, 8]);
  });

  it('refuses to replace a directory by the page', async () => {
    const { dir } = await report({ seeds: [1] });
    await expect(writeReport(dir, { out: dir })).rejects.toThrow(/is a directory, expected a file/);
  });

  it('refuses a directory that holds no comparison', async () => {
    await expect(writeReport(join(root, 'absent'))).rejects.toThrow(RecordError);
  });
});
