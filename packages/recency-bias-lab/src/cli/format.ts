/** Numbers as people read them in a terminal. */

/** `12,345` */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1.23 %` */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** `42s`, `3:05`, `1:02:03` */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A time that is known roughly, in words: `50 seconds`, `12 minutes`, `3.4 hours`, `11 days`. */
export function formatSpan(seconds: number): string {
  const units = [
    ['second', 1, 90],
    ['minute', 60, 90],
    ['hour', 3600, 36],
    ['day', 86_400, Number.POSITIVE_INFINITY],
  ] as const;
  const [unit, length] = units.find(([, size, limit]) => seconds < size * limit)!;
  const amount = seconds / length;
  const rounded = amount < 10 && length > 1 ? Number(amount.toFixed(1)) : Math.max(1, Math.round(amount));
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}

/** `340 kB`, `12 MB`, `1.9 GB`; a kilobyte is 1000 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${bytes < 1e7 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

export { listed, plural } from '../report/analysis/words.js';
