import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arrowsOf, circle, forbidden, type Rooms } from '../../../test/support/rooms.js';

/** The rooms that each room may import from; files beside the folders are rooms of their own. */
const ROOMS: Rooms = {
  'backend.ts': [],
  simd: ['backend.ts'],
  kernels: ['backend.ts', 'simd'],
  gradients: ['kernels'],
  'register.ts': ['backend.ts', 'kernels', 'gradients'],
  'index.ts': ['register.ts'],
};

const arrows = arrowsOf(fileURLToPath(new URL('.', import.meta.url)));

describe('imports inside the package', () => {
  it('go from room to room only where they may', () => {
    expect(arrows.length).toBeGreaterThan(60);
    expect(forbidden(arrows, ROOMS)).toEqual([]);
  });

  it('make no circle', () => {
    expect(circle(arrows)).toEqual([]);
  });
});
