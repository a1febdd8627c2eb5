import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPresetText } from '../../packages/recency-bias-lab/src/experiment/document/experiment-file.js';
import { REGIME_FIGURE, REGIMES_DOCUMENT, regimesDocument, SHORT_REGIME_FIGURE } from '../document-tables.js';
import {
  atBestRate,
  CLASS_GROUPS,
  difference,
  groupErrors,
  readRegimes,
  rowsOf,
  shortRows,
} from './analysis.js';
import type { SeedValue } from './analysis.js';
import { LATER, MAP, RANDOM } from './cells.js';
import type { RegimeMap } from './cells.js';
import { regimeFigure } from './figure.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const records = await readRegimes(`${root}records`, MAP);
const later = await readRegimes(`${root}records`, LATER);
const values = (...list: number[]): SeedValue[] => list.map((value, i) => ({ seed: i + 1, value }));

describe('the map of regimes', () => {
  it.each([
    ['regimes', MAP],
    ['regimes/later', LATER],
  ])('has a cell for each preset below %s', (folder, { regimes }) => {
    const presets = readdirSync(`${root}packages/recency-bias-lab/presets/${folder}`)
      .filter((file) => file.endsWith('.yaml') && !file.startsWith('_'))
      .map((file) => file.replace('.yaml', ''));
    const cells = regimes.flatMap((regime) => regime.cells.map(({ preset }) => preset));
    expect([...cells].sort()).toEqual(presets.sort());
  });

  it('measures the methods that came later in the settings of the others', async () => {
    for (const { preset } of LATER.regimes.flatMap(({ cells }) => cells)) {
      const setting = async (name: string): Promise<object> => {
        const text = await readPresetText(name, 'preset');
        return { ...(parse(text) as object), name: null, description: null, selectors: null };
      };
      expect(await setting(`regimes/later/${preset}`)).toEqual(await setting(`regimes/${preset}`));
    }
  });

  it('is on its page and in its picture as the committed records give it', async () => {
    const committed = readFileSync(`${root}${REGIMES_DOCUMENT}`, 'utf8');
    const made = await regimesDocument(`${root}${REGIMES_DOCUMENT}`, committed, records, later);
    expect(committed, 'run `npm run tables`').toBe(made);
    expect(readFileSync(`${root}${REGIME_FIGURE}`, 'utf8'), 'run `npm run tables`').toBe(
      regimeFigure(rowsOf(records)),
    );
  });

  it('has a short picture for the README, with one row a regime', () => {
    const rows = shortRows(records);
    expect(rows.map(({ regime }) => regime)).toEqual(MAP.regimes.map(({ title }) => title));
    expect(readFileSync(`${root}${SHORT_REGIME_FIGURE}`, 'utf8'), 'run `npm run tables`').toBe(
      regimeFigure(rows),
    );
  });

  it.each([
    ['the map', MAP, records],
    ['the later methods', LATER, later],
  ] as const)('rests on records of all methods and five seeds: %s', (_, { methods }: RegimeMap, found) => {
    for (const [preset, { results }] of found) {
      const seeds = results.selectors.map(({ selector, seeds: list }) => [selector, list.length]);
      expect(seeds, preset).toEqual(
        [RANDOM, ...methods.map(({ label }) => label)].map((label) => [label, 5]),
      );
    }
  });

  it('says of a cell that has not been run that it has not', () => {
    const [row] = rowsOf(new Map());
    expect(row).toMatchObject({ random: null, differences: MAP.methods.map(() => null) });
    expect(regimeFigure([row!]).match(/>not run</g)).toHaveLength(MAP.methods.length);
  });

  it('divides the error under imbalance into groups of classes whose mean is the error on balanced test data', () => {
    for (const preset of ['imbalance-10', 'imbalance-100']) {
      const analysis = records.get(preset);
      if (analysis === undefined) continue;
      const groups = CLASS_GROUPS.map(({ classes }) => groupErrors(analysis, RANDOM, classes));
      const finals = analysis.results.selectors[0]!.seeds;
      for (const { seed, final } of finals) {
        const sum = CLASS_GROUPS.reduce(
          (total, { classes }, group) =>
            total + classes.length * groups[group]!.find((item) => item.seed === seed)!.value,
          0,
        );
        expect(sum / 10).toBeCloseTo(final, 3);
      }
    }
  });
});

describe('atBestRate', () => {
  it('takes for each seed the rate that is best on the others', () => {
    // Without seed 1 the second rate is the better, without 2 or 3 the first.
    expect(atBestRate([values(0.1, 0.4, 0.4), values(0.5, 0.3, 0.3)])).toEqual(values(0.5, 0.4, 0.4));
  });

  it('leaves out a seed that lacks one of the rates', () => {
    expect(atBestRate([values(0.1, 0.2, 0.3), values(0.2, 0.3)])).toEqual(values(0.1, 0.2));
  });
});

describe('difference', () => {
  it('pairs by seed and says nothing without a pair', () => {
    const other = [{ seed: 2, value: 0.1 }];
    expect(difference(values(0.9, 0.3), other, 0.01)).toMatchObject({ n: 1, verdict: 'cannot tell' });
    expect(difference(values(0.9), other, 0.01)).toBeNull();
  });
});
