/** Selectors of the user's. */
import type { Selector, SelectorDefinition, SelectorFactory, TrainingRun } from 'recency-bias';
import { selectorContract } from 'recency-bias/testing';
import { loadExport } from './load-module.js';
import { messageOf, PluginError } from './plugin-error.js';

const EXPECTED = 'what defineSelector returns, or a function (run) => selector,';

function isDefined(value: object): value is { readonly definition: SelectorDefinition } {
  if (!('definition' in value)) return false;
  const { definition } = value;
  return (
    typeof definition === 'object' &&
    definition !== null &&
    'create' in definition &&
    'defaults' in definition
  );
}

function isSelector(value: unknown): value is Selector {
  if (typeof value !== 'object' || value === null) return false;
  const selector = value as Partial<Record<keyof Selector, unknown>>;
  const methods = ['beginEpoch', 'select', 'observe', 'stateDict', 'loadStateDict'] as const;
  return Array.isArray(selector.signals) && methods.every((method) => typeof selector[method] === 'function');
}

/** A factory alone, as a definition without options. */
function definitionAround(path: string, factory: (run: TrainingRun) => unknown): SelectorDefinition {
  const make: SelectorFactory = (run) => {
    const selector = factory(run);
    if (isSelector(selector)) return selector;
    throw new PluginError(
      `${path}: its function does not return a selector (name, signals, beginEpoch, select, observe, stateDict, loadStateDict)`,
    );
  };
  const { name, signals } = make({ size: 8, classes: 2, epochs: 2, seed: 0 });
  return {
    name,
    title: name,
    paper: 'none',
    signals,
    options: {},
    defaults: {},
    inputs: [],
    cost: () => ({ scores: 0, fewer: false }),
    create: (options: object = {}) => {
      const [option] = Object.keys(options);
      if (option === undefined) return make;
      throw new RangeError(
        `has no option ${option}, being a function of the run alone; defineSelector gives it options`,
      );
    },
  };
}

/**
 * Reads a selector: a module that exports what `defineSelector` returns, or a bare factory.
 * @throws PluginError naming the file
 */
export async function readSelector(path: string): Promise<SelectorDefinition> {
  const value = await loadExport(path, EXPECTED);
  if (typeof value !== 'function') {
    throw new PluginError(`${path}: exports a ${typeof value}; expected ${EXPECTED} as its default export`);
  }
  if (isDefined(value)) return value.definition;
  try {
    return definitionAround(path, value as (run: TrainingRun) => unknown);
  } catch (error) {
    if (error instanceof PluginError) throw error;
    throw new PluginError(`${path}: makes no selector: ${messageOf(error)}`, { cause: error });
  }
}

/** Promises that a comparison rests on; the others are about wrong use and about the drawn frequencies, which takes long. */
export function isQuick(title: string): boolean {
  return !/^(refuses|says the distribution)/.test(title);
}

/** Epochs of the contract's runs that may be warm-up. */
const CONTRACT_WARMUP = 1;

/**
 * Holds a selector to the quick part of the contract.
 * @param options as the experiment gives them
 * @throws PluginError naming the file and the promise that is broken
 */
export async function checkSelector(
  path: string,
  definition: SelectorDefinition,
  options: object,
): Promise<void> {
  const { inputs, defaults, cost } = definition;
  const shortened = {
    ...options,
    ...('warmupEpochs' in defaults && { warmupEpochs: CONTRACT_WARMUP }),
  };
  const factory: SelectorFactory = (run) => {
    const columns = inputs.map((input) => [input, new Float32Array(run.size)] as const);
    return definition.create({ ...shortened, ...Object.fromEntries(columns) })(run);
  };
  const { fewer, scores } = cost(options);
  const cases = selectorContract({ factory, ...(fewer && { epochSize: null }), carriesScores: scores > 0 });
  for (const { title, run } of cases) {
    if (!isQuick(title)) continue;
    try {
      await run();
    } catch (error) {
      throw new PluginError(
        `${path}: is no selector to compare with, for it breaks a promise: it ${title}. ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}
