import { checkChoice, checkKeys, checkNumber, invalid } from './validate.js';

const KINDS = ['exponential', 'linear', 'constant'] as const;

/**
 * How selection pressure changes over the adaptive epochs, as plain data. Pressure 1 is uniform selection; pressure s
 * makes the most favoured sample up to s times as likely as the least favoured.
 */
export interface PressureSchedule {
  /** `'exponential'` (the paper's, equation 6), `'linear'`, or `'constant'`, which stays at `from`. */
  readonly kind: (typeof KINDS)[number];
  /** Pressure at the last warm-up epoch, at least 1. */
  readonly from: number;
  /** Pressure at the last epoch, at least 1. Default 1; not read by `'constant'`. */
  readonly to?: number;
}

/** A number `s` stands for the paper's schedule, exponential from `s` to 1. */
export type SelectionPressure = number | PressureSchedule;

/** A pressure above this would overflow the weights of a skewed distribution. */
const MAX_PRESSURE = 1e15;

/**
 * The schedule that an option stands for.
 * @param kindOfNumber how pressure changes where a number is given
 * @throws RangeError or TypeError naming the field
 */
export function checkPressure(
  name: string,
  value: unknown,
  kindOfNumber: PressureSchedule['kind'] = 'exponential',
): PressureSchedule {
  if (typeof value === 'number') {
    return { kind: kindOfNumber, from: checkNumber(name, value, 1, MAX_PRESSURE), to: 1 };
  }
  if (typeof value !== 'object' || value === null) {
    throw invalid(TypeError, name, value, 'a number of at least 1 or a schedule {kind, from, to}');
  }
  checkKeys(name, value, ['kind', 'from', 'to']);
  const { kind, from, to } = value as { kind?: unknown; from?: unknown; to?: unknown };
  return {
    kind: checkChoice(`${name}.kind`, kind, KINDS),
    from: checkNumber(`${name}.from`, from, 1, MAX_PRESSURE),
    to: checkNumber(`${name}.to`, to ?? 1, 1, MAX_PRESSURE),
  };
}

/**
 * Selection pressure s_e of epoch `epoch`, where `start` is the last warm-up epoch and `end` the last epoch of the run.
 * Exponential: s_e = from · (to / from)^((epoch − start) / (end − start)); with `to` = 1 this is equation 6 of
 * Song et al. 2020.
 */
export function pressureAt(schedule: PressureSchedule, epoch: number, start: number, end: number): number {
  const { kind, from, to = 1 } = schedule;
  if (kind === 'constant') return from;
  // Exactly `to` at the end, free of rounding: the last epoch of the paper's schedule is uniform.
  if (epoch >= end) return to;
  const share = (epoch - start) / (end - start);
  return kind === 'linear' ? from + (to - from) * share : from * Math.exp(Math.log(to / from) * share);
}
