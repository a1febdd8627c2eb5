/** The state of the page in its address, so that a link shows what its sender saw. */
import type { BackendName } from './training/messages.js';

/** Which digits the first act shows. */
export type Shown = 'first' | 'unsure';

/** The settings of a page, as a link carries them. */
export interface PageState {
  readonly seed: number;
  /** Selection pressure, 1 to 10,000. */
  readonly pressure: number;
  readonly show: Shown;
  /** The digit that the card explains; null for the one that the network is least sure of. */
  readonly digit: number | null;
  readonly backend: BackendName;
}

export const DEFAULT_STATE: PageState = {
  seed: 1,
  pressure: 100,
  show: 'first',
  digit: null,
  backend: 'wasm',
};

/** Largest pressure of the slider. */
export const MAX_PRESSURE = 10_000;

function numberIn(text: string | null, least: number, most: number): number | null {
  const value = text === null || text === '' ? NaN : Number(text);
  return value >= least && value <= most ? value : null;
}

function wholeIn(text: string | null, least: number, most: number): number | null {
  const value = numberIn(text, least, most);
  return value !== null && Number.isInteger(value) ? value : null;
}

/** The state that an address's query holds; what is missing or no such value is as by default. @param digits how many there are */
export function readState(query: string, digits: number): PageState {
  const fields = new URLSearchParams(query);
  const show = fields.get('show');
  const backend = fields.get('backend');
  return {
    seed: wholeIn(fields.get('seed'), 0, 2 ** 32 - 1) ?? DEFAULT_STATE.seed,
    pressure: numberIn(fields.get('pressure'), 1, MAX_PRESSURE) ?? DEFAULT_STATE.pressure,
    show: show === 'first' || show === 'unsure' ? show : DEFAULT_STATE.show,
    digit: wholeIn(fields.get('digit'), 0, digits - 1),
    backend: backend === 'wasm' || backend === 'webgpu' ? backend : DEFAULT_STATE.backend,
  };
}

/** The query of a state, with what differs from the defaults; empty where nothing does. */
export function writeState(state: PageState): string {
  const fields = new URLSearchParams();
  const put = (name: keyof PageState): void => {
    const value = state[name];
    if (value !== null && value !== DEFAULT_STATE[name]) fields.set(name, String(value));
  };
  for (const name of ['seed', 'pressure', 'show', 'digit', 'backend'] as const) put(name);
  const query = fields.toString();
  return query === '' ? '' : `?${query}`;
}
