import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arrowsOf, circle, forbidden, unused, type Rooms } from '../../../test/support/rooms.js';

/** The rooms that each room may import from; files beside the folders are rooms of their own. */
const ROOMS: Rooms = {
  native: [],
  'settings.ts': ['native'],
  tensor: ['native', 'settings.ts'],
  kernels: ['native', 'settings.ts', 'tensor'],
  patches: ['native', 'settings.ts', 'tensor', 'kernels'],
  'register.ts': ['native', 'settings.ts', 'tensor', 'kernels', 'patches'],
  'index.ts': ['native', 'settings.ts', 'tensor', 'register.ts'],
};

const arrows = arrowsOf(fileURLToPath(new URL('.', import.meta.url)));

describe('imports inside the package', () => {
  it('go from room to room only where they may', () => {
    expect(arrows.length).toBeGreaterThan(80);
    expect(forbidden(arrows, ROOMS)).toEqual([]);
    expect(unused(arrows, ROOMS)).toEqual([]);
  });

  it('make no circle', () => {
    expect(circle(arrows)).toEqual([]);
  });
});
