import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { torture } from './torture.js';
import type { Outcomes } from './torture.js';

const nothing = () => ({ tried: 0, portions: 0, counts: {}, faults: [] });

it('The torture finds no difference that is not said, in a few kills, records and states, and goes on where it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'torture-'));
  const outcomes: Outcomes = { kills: nothing(), records: nothing(), states: nothing() };
  const save = () => Promise.resolve();
  try {
    await torture({ kills: 0, records: 2, states: 200 }, { dir, seed: 7, outcomes, save });
    await torture({ kills: 2, records: 6, states: 400 }, { dir, seed: 7, outcomes, save });
    const { kills, records, states } = outcomes;
    expect([kills.faults, records.faults, states.faults]).toEqual([[], [], []]);
    expect(kills.tried).toBeGreaterThanOrEqual(2);
    expect([records.tried, states.tried]).toEqual([6, 400]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 240_000);
