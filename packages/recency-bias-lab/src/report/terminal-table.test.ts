import { describe, expect, it } from 'vitest';
import { comparison, run } from '../../test/support/records.js';
import { analyse } from './analysis/results.js';
import { terminalTable } from './terminal-table.js';
import { TABLE_WIDTH } from './terminal-text.js';

const NOW = new Date('2026-03-02T00:00:00Z');
const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '');

function tableOf(...runs: ReturnType<typeof run>[]): string[] {
  return plain(terminalTable(analyse(comparison(runs), NOW))).split('\n');
}

describe('the terminal table', () => {
  it('gives error, change, time to the baseline’s best and verdict in aligned columns', () => {
    const lines = tableOf(
      ...[1, 2].map((seed) => run([0.4, 0.2 + seed / 100, 0.3], { selector: 'uniform', seed })),
      ...[1, 2].map((seed) => run([0.2, 0.1, 0.1], { selector: 'recency-bias', seed })),
    );
    // Uniform: 21 % and 22 %, standard error 0.5; both best at epoch 2 of 10 s each; Recency Bias is there at epoch 1.
    expect(lines.slice(0, 5)).toEqual([
      'digits (1,000 samples) · small-cnn · 3 epochs, 0 of warm-up · 2 seeds',
      '',
      'Selector       Best error, %   vs Random   Time to Random’s best   Verdict',
      'Random          21.50 ± 0.50           –                  20.0 s   baseline',
      'Recency Bias    10.00 ± 0.00     −53.5 %        10.0 s (−50.0 %)   lower',
    ]);
  });

  it('says when the baseline’s best was not reached, or not by every seed', () => {
    const lines = tableOf(
      ...[1, 2].map((seed) => run([0.4, 0.2], { selector: 'uniform', seed })),
      run([0.4, 0.3], { selector: 'recency-bias', seed: 1 }),
      run([0.4, 0.2], { selector: 'recency-bias', seed: 2 }),
      run([0.4, 0.3], { selector: 'online-batch', seed: 1 }),
    );
    expect(lines.find((line) => line.startsWith('Recency'))).toContain('20.0 s (0.0 %) in 1/2');
    expect(lines.find((line) => line.startsWith('Online'))).toMatch(/not reached\s+cannot tell$/);
  });

  it('stays within its width, whatever the labels and warnings', () => {
    const long = 'a-label-of-64-characters'.padEnd(64, '-x');
    const lines = tableOf(
      ...[1, 2, 3].flatMap((seed) => [
        run([0.4, 0.2], { selector: long, seed, method: { name: 'uniform', options: {} } }),
        run([0.5, 0.25 - seed / 50], { selector: `b-${long}`, seed, method: { name: 'b', options: {} } }),
        run([0.4, 0.2], { selector: `c-${long}`, seed }, false),
      ]),
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(TABLE_WIDTH);
    expect(lines.some((line) => line.startsWith('Warning: '))).toBe(true);
  });

  it('lets no control character of a label through', () => {
    const text = tableOf(run([0.4], { selector: 'a\u001b[2Jb\u202e' })).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
  });

  it('has only errors when there is no baseline', () => {
    const lines = tableOf(run([0.4], { selector: 'recency-bias' }));
    expect(lines.slice(2, 4)).toEqual(['Selector       Best error, %', 'Recency Bias   40.00']);
  });

  it('works before any run has begun', () => {
    const text = plain(terminalTable(analyse(comparison([], { selectors: ['a'], seeds: [1] }), NOW)));
    expect(text).toContain('No run has finished yet.');
    expect(text).toContain('a seed 1 (not begun)');
  });
});
