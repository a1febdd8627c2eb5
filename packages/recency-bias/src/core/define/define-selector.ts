import type { OneStageSelector, Selector, SelectorFactory, TrainingRun } from '../selector.js';
import { signalTable, type Signal, type SignalTable } from '../signals.js';
import { epochsOf, type Epoch } from './epoch.js';
import type { Method } from './method.js';
import { readOptions } from './options.js';
import type { OptionDescription, OptionsOf, OptionTable, ValuesOf } from './options.js';
import { checkRun } from './run.js';
import { selectorShell } from './selector-shell.js';

/** The cost of a method beyond training each sample once an epoch. */
export interface MethodCost {
  /** Samples scored by a forward pass for each sample trained, at the most; 0 where `select` needs no scorer. */
  readonly scores: number;
  /** Whether an epoch may train fewer samples than there are. */
  readonly fewer: boolean;
}

/** The description of a method, for programs that list, describe or make selectors without knowing them. */
export interface SelectorDefinition {
  /** Name in experiment files, run records and on the command line, e.g. `'recency-bias'`. */
  readonly name: string;
  /** Name for people, e.g. `'Recency Bias'`. */
  readonly title: string;
  /** Where the method was published. */
  readonly paper: string;
  /** `'baseline'`: what every method is to be read against; `'subject'`: the method that comparisons are about. */
  readonly role?: 'baseline' | 'subject';
  /** The signals that the method needs from the trainer. */
  readonly signals: readonly Signal[];
  /** Every option, as plain data. */
  readonly options: Readonly<Record<string, OptionDescription>>;
  /** Every option with its default, as plain data; null where there is none, or where it depends on the run. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Options that hold one number a sample and so are read from a file; they have no default. */
  readonly inputs: readonly string[];
  /**
   * The cost of the method with these options.
   * @param options as given to the method, not checked; those that are left out count with their defaults
   */
  readonly cost: (options?: object) => MethodCost;
  /** Makes a factory from options, checked as by the method's own function. */
  readonly create: (options?: object) => SelectorFactory;
}

/** A method as `defineSelector` takes it. */
export interface SelectorSource<S extends Signal, O extends OptionTable, M extends Method<S>> {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly role?: 'baseline' | 'subject';
  readonly signals: readonly S[];
  readonly options: O;
  /** Least number of classes that a run must have. Default 0: regression too. */
  readonly classes?: number;
  /** Its cost; without it, none. */
  readonly cost?: (options: ValuesOf<O>) => Partial<MethodCost>;
  /**
   * Puts the method to work in a run.
   * @param run the facts of the run, checked
   * @param options the value of every option
   * @param epoch where the run stands: its number, random stream and order
   */
  readonly make: (run: TrainingRun, options: ValuesOf<O>, epoch: Epoch) => M;
}

/** A method of this library: its signals come with their descriptions, so that a bundler takes no others. */
export interface MethodSource<S extends Signal, O extends OptionTable, M extends Method<S>> extends Omit<
  SelectorSource<S, O, M>,
  'signals'
> {
  readonly signals: SignalTable<S>;
}

type DrawsAtOnce<M> = M extends { draw(...given: never): infer R } | { select(...given: never): infer R }
  ? Extract<R, Promise<unknown>> extends never
    ? true
    : false
  : true;

type ExtrasOf<M> = (M extends { extras: infer Extras } ? Extras : unknown) &
  (M extends { probabilities(): Float64Array } ? { probabilities(): Float64Array } : unknown);

/** A selector with what its method shows besides; one-stage where the method draws at once. */
export type SelectorWith<S extends Signal, AtOnce extends boolean, Extras> = (AtOnce extends true
  ? OneStageSelector<S>
  : Selector<S>) &
  Extras;

type SelectorAround<S extends Signal, M> = SelectorWith<S, DrawsAtOnce<M>, ExtrasOf<M>>;

/**
 * A method's function: takes options, makes a factory. It throws a TypeError or RangeError for an unknown option or value;
 * the factory throws a RangeError for a run that the method or an option does not fit.
 */
export interface SelectorFunction<S extends Signal, O extends OptionTable, Made extends Selector<S>> {
  // Without a comment of its own, so that editors show that of the method.
  (
    ...options: Record<string, never> extends OptionsOf<O>
      ? [options?: OptionsOf<O>]
      : [options: OptionsOf<O>]
  ): SelectorFactory<S, Made>;
  /** The description of the method. */
  readonly definition: SelectorDefinition;
}

/** The options that a method's function takes. */
export type OptionsFor<F extends (...options: never) => unknown> = NonNullable<Parameters<F>[0]>;

/** The selector that a method's function makes. */
export type SelectorOf<F extends (...options: never) => (run: TrainingRun) => unknown> = ReturnType<
  ReturnType<F>
>;

/**
 * Defines a batch-selection method. The method says how it draws and what it learns; the rest is done here, the same for all
 * methods: checks of options, runs and observations, the bookkeeping of epochs and batches, the warm-up (where there is an
 * option `warmupEpochs`), and states that are checked whole before any of them is loaded. An option that is `undefined` has
 * its default.
 *
 * ```ts
 * export const hardFirst = defineSelector({
 *   name: 'hard-first',
 *   title: 'Hard First',
 *   paper: 'none',
 *   signals: ['loss'],
 *   options: { strength: option.number(1, 0) },
 *   make: ({ size }, { strength }, epoch) => { ... return { memory, begin, draw, learn }; },
 * });
 * ```
 *
 * @returns the method's function: `hardFirst({ strength: 2 })` makes a factory
 */
export function defineSelector<const S extends Signal, const O extends OptionTable, M extends Method<S>>(
  source: SelectorSource<S, O, M>,
): SelectorFunction<S, O, SelectorAround<S, M>> {
  return defineMethod({ ...source, signals: signalTable(source.signals) });
}

/** `defineSelector` for the methods of this library. */
export function defineMethod<const S extends Signal, const O extends OptionTable, M extends Method<S>>(
  source: MethodSource<S, O, M>,
): SelectorFunction<S, O, SelectorAround<S, M>> {
  const { classes = 0, cost, make, ...described } = source;
  const { name, signals, options: table } = described;
  const owner = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const create = (options: object = {}): SelectorFactory<S, SelectorAround<S, M>> => {
    const valuesFor = readOptions(owner, table, options);
    return (given) => {
      const run = checkRun(given, classes);
      const values = valuesFor(run);
      const { warmupEpochs } = values as { readonly warmupEpochs?: number };
      const epoch = epochsOf(run);
      const method = make(run, values, epoch);
      const facts = { name, stateName: name, signals, warmupEpochs: warmupEpochs ?? 0 };
      const shell = selectorShell(run, facts, epoch, method);
      if (method.extras !== undefined) {
        Object.defineProperties(shell, Object.getOwnPropertyDescriptors(method.extras));
      }
      // The type's probabilities, extras and scorer follow from the method that was made.
      return shell as SelectorAround<S, M>;
    };
  };
  const entries = Object.entries(table);
  const withDefaults = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(entries.map(([key, option]) => [key, given[key] ?? option.default]));
  const definition: SelectorDefinition = Object.freeze({
    ...described,
    signals: Object.keys(signals) as S[],
    defaults: withDefaults({}),
    inputs: entries.filter(([, option]) => option.type === 'per-sample').map(([key]) => key),
    cost: (options: object = {}) => ({
      scores: 0,
      fewer: false,
      ...cost?.(withDefaults({ ...options }) as ValuesOf<O>),
    }),
    create,
  });
  return Object.assign(create, { definition });
}
