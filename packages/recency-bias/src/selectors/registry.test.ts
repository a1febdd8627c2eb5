import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SelectorFactory } from '../core/selector.js';
import { selectorContract } from '../testing/contract.js';
import { recencyBias } from './recency-bias.js';
import { createSelector, selectorRegistry } from './registry.js';
import { uniform } from './uniform.js';
import { withWarmup } from './with-warmup.js';

const folder = new URL('./', import.meta.url);
const cards = new URL('../../../../docs/selectors/', import.meta.url);

/** Wrappers take a selector and so have no name of their own to be found by. */
const WRAPPERS = ['with-warmup'];

/** Every variant that goes through the contract, by the selector's name. */
const variants: Readonly<Record<string, readonly object[]>> = {
  uniform: [{}, { order: 'batch' }, { order: 'sequential' }],
  'recency-bias': [
    {},
    { update: 'batch' },
    { window: 40 },
    { window: 40, update: 'batch' },
    { normalize: 'window', window: 3, selectionPressure: { kind: 'linear', from: 50, to: 2 } },
  ],
  'online-batch': [{}, { recompute: true }],
  'active-bias': [{}, { form: 'sampling' }],
};

const files = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'registry.ts')
  .map((file) => file.slice(0, -'.ts'.length));

describe('the registry', () => {
  it('has an entry for every selector file, a method card and a run of the contract', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
    for (const name of files) {
      expect(existsSync(new URL(`${name}.md`, cards)), `docs/selectors/${name}.md is missing`).toBe(true);
      if (WRAPPERS.includes(name)) continue;
      expect(Object.keys(selectorRegistry), `${name} has no registry entry`).toContain(name);
      expect(variants[name]?.length, `${name} is not run through the contract`).toBeGreaterThan(0);
    }
    expect(Object.keys(selectorRegistry).filter((name) => !files.includes(name))).toEqual([]);
  });

  it('says of each selector what the selector says of itself', () => {
    for (const entry of Object.values(selectorRegistry)) {
      const selector = entry.create()({ size: 4, classes: 2, epochs: 20, seed: 0 });
      expect(selector.name).toBe(entry.name);
      expect(selector.signals).toEqual(entry.signals);
      expect(JSON.parse(JSON.stringify(entry.defaults))).toEqual(entry.defaults);
      expect(() => entry.create(entry.defaults)).not.toThrow();
    }
  });

  it('lists every option of a selector on its method card, with its default', () => {
    for (const entry of Object.values(selectorRegistry)) {
      const card = readFileSync(new URL(`${entry.name}.md`, cards), 'utf8').replace(/ +/g, ' ');
      for (const [option, value] of Object.entries(entry.defaults)) {
        const shown = typeof value === 'string' ? `'${value}'` : String(value);
        expect(card, `${entry.name}.md lacks ${option}`).toContain(`| \`${option}\` | \`${shown}\` |`);
      }
    }
  });

  it('refuses an unknown name and suggests the nearest', () => {
    expect(() => createSelector('recency')).toThrow(RangeError);
    expect(() => createSelector('recencyBias')).toThrow("Did you mean 'recency-bias'?");
    expect(() => createSelector('toString')).toThrow(/There are uniform, recency-bias/);
  });

  it('refuses an unknown option and suggests the nearest', () => {
    expect(() => createSelector('recency-bias', { windows: 3 })).toThrow(
      "recencyBias: unknown option 'windows'. Did you mean 'window'?",
    );
    expect(() => createSelector('uniform', { window: 3 })).toThrow(TypeError);
  });
});

function contractOf(title: string, factory: SelectorFactory): void {
  describe(`${title} keeps the selector contract: it`, () => {
    for (const { title: promise, run } of selectorContract({ factory })) it(promise, run);
  });
}

for (const [name, options] of Object.entries(variants)) {
  for (const option of options) {
    const warmup = Object.hasOwn(selectorRegistry[name]!.defaults, 'warmupEpochs') ? { warmupEpochs: 3 } : {};
    const settings = { ...warmup, ...option };
    contractOf(`${name} ${JSON.stringify(settings)}`, createSelector(name, settings));
  }
}
contractOf('withWarmup(recencyBias)', withWarmup(recencyBias({ warmupEpochs: 0 }), { epochs: 3 }));
contractOf(
  'withWarmup(onlineBatch recompute)',
  withWarmup(createSelector('online-batch', { warmupEpochs: 0, recompute: true }), { epochs: 2 }),
);
contractOf('withWarmup(uniform)', withWarmup(uniform(), { epochs: 8 }));
