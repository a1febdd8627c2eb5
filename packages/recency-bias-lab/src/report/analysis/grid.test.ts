import { describe, expect, it } from 'vitest';
import { comparison, run } from '../../../test/support/records.js';
import type { Comparison } from '../../records/run.js';
import { gridMaps } from './grid.js';
import { analyse } from './results.js';

function maps(grid: Comparison['experiment']['grid'], errors: Record<string, number>) {
  const runs = Object.entries(errors).map(([selector, error]) => run([0.9, error], { selector }));
  const made = { ...comparison(runs), experiment: { grid } };
  return gridMaps(made, analyse(made, new Date(0)).results.selectors);
}

describe('the maps of a grid', () => {
  it('place the best errors by the values of two options, the last along the columns', () => {
    const [map, ...others] = maps(
      {
        selector: 's',
        options: { selectionPressure: [1, 100], window: [5, 10] },
        labels: ['s-p1-w5', 's-p1-w10', 's-p100-w5', 's-p100-w10'],
      },
      { random: 0.5, 's-p1-w5': 0.1, 's-p1-w10': 0.2, 's-p100-w10': 0.4 },
    );
    expect(others).toEqual([]);
    expect(map).toMatchObject({
      others: '',
      rowOption: 'selectionPressure',
      rows: ['1', '100'],
      columnOption: 'window',
      columns: ['5', '10'],
    });
    expect(map!.cells.map((row) => row.map((cell) => cell?.mean ?? null))).toEqual([
      [0.1, 0.2],
      [null, 0.4],
    ]);
  });

  it('have one row for a single option, and a map each for the values of a third', () => {
    const line = maps(
      { selector: 's', options: { window: [5, 10] }, labels: ['a', 'b'] },
      { a: 0.1, b: 0.2 },
    );
    expect(line.map(({ rows, cells }) => [rows, cells.length])).toEqual([[[''], 1]]);
    const cube = maps(
      {
        selector: 's',
        options: { update: ['epoch', 'batch'], p: [1], window: [5, 10] },
        labels: ['a', 'b', 'c', 'd'],
      },
      { a: 0.1, b: 0.2, c: 0.3, d: 0.4 },
    );
    expect(cube.map(({ others, cells }) => [others, cells[0]!.map((cell) => cell!.mean)])).toEqual([
      ['update epoch', [0.1, 0.2]],
      ['update batch', [0.3, 0.4]],
    ]);
  });

  it('are none without a grid, or where its labels do not fill it', () => {
    expect(maps(undefined, { a: 0.1 })).toEqual([]);
    expect(maps({ selector: 's', options: { window: [5, 10] }, labels: ['a'] }, { a: 0.1 })).toEqual([]);
  });
});
