/** Ticks of logarithmic axes, which charts libraries place at powers of ten only. */

const MANTISSAS: readonly (readonly number[])[] = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 5, 7],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9],
  [1, ...Array.from({ length: 89 }, (_, i) => 1.1 + i * 0.1)],
];

/** Between 3 and about 8 round values within [low, high], both positive; fewer where the range is very narrow. */
export function logTicks(low: number, high: number): number[] {
  let ticks: number[] = [];
  for (const mantissas of MANTISSAS) {
    ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const mantissa of mantissas) {
        const tick = Number((mantissa * 10 ** power).toPrecision(6));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length >= 4) break;
  }
  const step = Math.ceil(ticks.length / 8);
  return ticks.filter((_, i) => i % step === 0);
}

/** Up to four significant digits without trailing zeros. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
