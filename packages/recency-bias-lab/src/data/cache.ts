/** Where downloaded data sets are kept between runs. */
import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** Environment variable that overrides the cache folder. */
export const CACHE_VARIABLE = 'RECENCY_BIAS_CACHE';

/**
 * The cache folder: `override` (the `--cache` flag) if given, else the environment variable RECENCY_BIAS_CACHE, else the
 * user's cache directory as the platform defines it (`~/.cache/recency-bias` on Linux).
 */
export function cacheDirectory(override?: string): string {
  const fromEnvironment = process.env[CACHE_VARIABLE];
  if (override !== undefined && override !== '') return resolve(override);
  if (fromEnvironment !== undefined && fromEnvironment !== '') return resolve(fromEnvironment);
  return envPaths('recency-bias', { suffix: '' }).cache;
}
