import type { Memory } from '../define/method.js';
import type { OptionTable, ValuesOf } from '../define/options.js';
import type { StateDict, StateValue } from '../selector.js';
import { readVersion } from '../state-fields.js';

/** Single values that a method remembers, such as a running average, described as options are. */
export class Fields<O extends OptionTable> implements Memory {
  /** The values now. */
  readonly values: { -readonly [K in keyof ValuesOf<O>]: ValuesOf<O>[K] };
  readonly #table: O;

  /** Each field has its default. The fields hold numbers, words, true or false. */
  constructor(table: O) {
    this.#table = table;
    this.values = this.#read((_, fallback) => fallback);
  }

  stateDict(): StateDict {
    return { ...(this.values as Readonly<Record<string, StateValue>>), version: 1 };
  }

  prepare(state: StateDict): { commit(): void } {
    readVersion('fields', state, 1);
    const values = this.#read((key) => state[key]);
    return {
      commit: () => {
        Object.assign(this.values, values);
      },
    };
  }

  #read(valueOf: (key: string, fallback: unknown) => unknown): ValuesOf<O> {
    return Object.fromEntries(
      Object.entries(this.#table).map(([key, field]) => [
        key,
        field.check(`state.${key}`, valueOf(key, field.default)),
      ]),
    ) as ValuesOf<O>;
  }
}
