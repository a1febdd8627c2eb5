import { isAbsolute, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CACHE_VARIABLE, cacheDirectory } from './cache.js';

const saved = process.env[CACHE_VARIABLE];
afterEach(() => {
  if (saved === undefined) Reflect.deleteProperty(process.env, CACHE_VARIABLE);
  else process.env[CACHE_VARIABLE] = saved;
});

describe('cacheDirectory', () => {
  it('prefers the flag to the environment, and the environment to the platform', () => {
    process.env[CACHE_VARIABLE] = 'from-environment';
    expect(cacheDirectory('from-flag')).toBe(resolve('from-flag'));
    expect(cacheDirectory()).toBe(resolve('from-environment'));
    process.env[CACHE_VARIABLE] = '';
    expect(isAbsolute(cacheDirectory())).toBe(true);
    expect(cacheDirectory()).toContain('recency-bias');
  });
});
