import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SelectorDefinition } from '../core/define/define-selector.js';
import type { SelectorFactory } from '../core/selector.js';
import { factoryOf, irreducible, variants } from '../../test/support/variants.js';
import * as library from '../index.js';
import { selectorContract, type ContractSubject } from '../testing/contract.js';
import { alternate } from './alternate.js';
import { recencyBias } from './recency-bias.js';
import { createSelector, selectorRegistry } from './registry.js';
import { uniform } from './uniform.js';
import { withBatchLoss } from './with-batch-loss.js';
import { withSmoothing } from './with-smoothing.js';
import { withWarmup } from './with-warmup.js';

const folder = new URL('./', import.meta.url);
const cards = new URL('../../../../docs/selectors/', import.meta.url);

/** Wrappers take a selector and so have no name of their own to be found by. */
const WRAPPERS = ['with-warmup', 'with-smoothing', 'with-batch-loss', 'alternate'];

/** Files of the folder that hold no selector. */
const HELPERS = ['registry.ts', 'mixture.ts', 'wrapper.ts'];

/** Methods whose epochs are not as long as the data, or that carry scores from epoch to epoch. */
const subjects: Readonly<Record<string, Omit<ContractSubject, 'factory'>>> = {
  'importance-sampling': { epochSize: null, carriesScores: true },
  'selective-backprop': { epochSize: null },
  'info-batch': { epochSize: null },
  seta: { epochSize: null },
  'self-paced': { epochSize: null },
  'random-pruning': { epochSize: null },
};

const files = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !HELPERS.includes(file))
  .map((file) => file.slice(0, -'.ts'.length));

/** The options that a method needs beyond its defaults, for a run of 4 samples. */
function complete({ inputs }: SelectorDefinition): object {
  return Object.fromEntries(inputs.map((option) => [option, irreducible(4)]));
}

describe('the registry', () => {
  it('has an entry for every selector file, a method card, an export and a run of the contract', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
    const exported = Object.values(library).flatMap((value) =>
      typeof value === 'function' && 'definition' in value ? [value.definition.name] : [],
    );
    for (const name of files) {
      expect(existsSync(new URL(`${name}.md`, cards)), `docs/selectors/${name}.md is missing`).toBe(true);
      if (WRAPPERS.includes(name)) continue;
      expect(Object.keys(selectorRegistry), `${name} has no registry entry`).toContain(name);
      expect(exported, `${name} is not exported by index.ts`).toContain(name);
      expect(variants[name]?.length, `${name} is not run through the contract`).toBeGreaterThan(0);
    }
    expect(Object.keys(selectorRegistry).filter((name) => !files.includes(name))).toEqual([]);
  });

  it('says of each selector what the selector says of itself', () => {
    for (const entry of Object.values(selectorRegistry)) {
      const selector = entry.create(complete(entry))({ size: 4, classes: 2, epochs: 20, seed: 0 });
      expect(selector.name).toBe(entry.name);
      expect(selector.signals).toEqual(entry.signals);
      expect(JSON.parse(JSON.stringify(entry.defaults))).toEqual(entry.defaults);
      expect(() => entry.create({ ...entry.defaults, ...complete(entry) })).not.toThrow();
      for (const option of entry.inputs) {
        expect(entry.defaults[option]).toBeNull();
        expect(() => entry.create(entry.defaults)).toThrow(option);
      }
    }
  });

  it('lists every option of a selector on its method card, with its default', () => {
    for (const entry of Object.values(selectorRegistry)) {
      const card = readFileSync(new URL(`${entry.name}.md`, cards), 'utf8').replace(/ +/g, ' ');
      for (const [option, { default: value, rule }] of Object.entries(entry.options)) {
        const shown = rule ?? `\`${typeof value === 'string' ? `'${value}'` : String(value)}\``;
        expect(card, `${entry.name}.md lacks ${option}`).toContain(`| \`${option}\` | ${shown} |`);
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

function contractOf(
  title: string,
  factory: SelectorFactory,
  subject: Omit<ContractSubject, 'factory'> = {},
): void {
  describe(`${title} keeps the selector contract: it`, () => {
    for (const { title: promise, run } of selectorContract({ ...subject, factory })) it(promise, run);
  });
}

for (const [name, options] of Object.entries(variants)) {
  for (const option of options) {
    const { settings, factory } = factoryOf(name, option);
    contractOf(`${name} ${JSON.stringify(settings)}`, factory, subjects[name]);
  }
}
const recency = recencyBias({ warmupEpochs: 0 });
contractOf('withWarmup(recencyBias)', withWarmup(recency, { epochs: 3 }));
contractOf(
  'withWarmup(onlineBatch recompute)',
  withWarmup(createSelector('online-batch', { warmupEpochs: 0, recompute: true }), { epochs: 2 }),
);
contractOf('withWarmup(uniform)', withWarmup(uniform(), { epochs: 8 }));
contractOf('withSmoothing(recencyBias)', withSmoothing(recency, { uniformShare: 0.3 }));
contractOf('withSmoothing(infoBatch)', withSmoothing(createSelector('info-batch'), { uniformShare: 0.5 }), {
  epochSize: null,
});
contractOf(
  'withSmoothing(onlineBatch recompute)',
  withSmoothing(createSelector('online-batch', { warmupEpochs: 0, recompute: true }), { uniformShare: 0.1 }),
);
contractOf(
  'withBatchLoss(selfPaced)',
  withBatchLoss(createSelector('self-paced', { warmupEpochs: 3 }) as SelectorFactory<'loss'>),
  { epochSize: null },
);
contractOf(
  'withBatchLoss(infoBatch)',
  withBatchLoss(createSelector('info-batch') as SelectorFactory<'loss'>, { decay: 0.7 }),
  { epochSize: null },
);
contractOf('alternate(recencyBias)', alternate(recency, { every: 3 }));
contractOf('alternate(selfPaced)', alternate(createSelector('self-paced'), { every: 2 }), {
  epochSize: null,
});
