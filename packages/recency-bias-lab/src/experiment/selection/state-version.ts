import type { StateDict } from 'recency-bias';

/** @throws RangeError unless the state is of the version that is written. */
export function checkVersion({ version }: StateDict, title: string): void {
  if (version !== 1) throw new RangeError(`${title} has version ${String(version)}, expected 1.`);
}
