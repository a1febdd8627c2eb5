import { describe, expect, it } from 'vitest';
import { DEFAULT_STATE, readState, writeState, type PageState } from './address.js';

describe('the state in the address', () => {
  it('comes back as it was written', () => {
    const state: PageState = { seed: 7, pressure: 31.6, show: 'unsure', digit: 0, backend: 'webgpu' };
    expect(readState(writeState(state), 5000)).toEqual(state);
    expect(writeState(DEFAULT_STATE)).toBe('');
    expect(readState('', 5000)).toEqual(DEFAULT_STATE);
  });

  it.each([
    '?seed=-1',
    '?seed=1.5',
    '?pressure=0.5',
    '?pressure=1e9',
    '?digit=5000',
    '?digit=',
    '?show=all',
    '?backend=x',
  ])('takes the default for %s', (query) => {
    expect(readState(query, 5000)).toEqual(DEFAULT_STATE);
  });
});
