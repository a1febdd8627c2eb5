import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  arrowsOf,
  circle,
  forbidden,
  packagesLoadedBy,
  unused,
  type Arrow,
  type Rooms,
} from '../../../test/support/rooms.js';

/** The rooms of the lab from the ground up, and the rooms that each may import from: always rooms above it in this list. */
const ROOMS: Rooms = {
  ground: [],
  records: ['ground'],
  samples: ['records'],
  data: ['ground'],
  augment: ['data'],
  models: ['data'],
  plugins: ['data', 'models'],
  features: ['ground', 'data'],
  pretrained: ['ground', 'records', 'data', 'augment', 'models', 'features'],
  report: ['ground', 'records', 'augment', 'models'],
  'try-page': ['ground', 'records', 'models', 'pretrained', 'report'],
  tensorboard: ['ground', 'records'],
  insights: ['ground', 'records', 'samples', 'data', 'report'],
  'local-page': [],
  watch: ['ground', 'records', 'samples', 'report', 'local-page'],
  review: ['ground', 'records', 'data', 'report', 'insights', 'local-page'],
  'photo-report': ['ground', 'records', 'data', 'report', 'insights'],
  'experiment/document': ['ground', 'records', 'data', 'augment', 'models', 'plugins', 'pretrained'],
  'experiment/selection': ['records', 'samples', 'data', 'experiment/document'],
  'experiment/state': ['ground', 'records', 'experiment/document', 'experiment/selection'],
  'experiment/prepare': [
    ...['ground', 'records', 'data', 'augment', 'models', 'plugins', 'features', 'pretrained'],
    ...['experiment/document', 'experiment/state'],
  ],
  'experiment/training': [
    ...['ground', 'records', 'samples', 'data', 'models', 'features'],
    ...['experiment/document', 'experiment/selection', 'experiment/state', 'experiment/prepare'],
  ],
  'experiment/processes': [
    ...['ground', 'records', 'data', 'plugins', 'experiment/document', 'experiment/selection'],
    ...['experiment/state', 'experiment/prepare', 'experiment/training'],
  ],
  holdout: ['ground', 'data', 'models', 'experiment/document', 'experiment/training'],
  cli: [
    ...['ground', 'records', 'samples', 'data', 'augment', 'models', 'plugins', 'pretrained', 'report'],
    ...['insights', 'watch', 'review', 'holdout', 'tensorboard', 'try-page', 'photo-report'],
    ...['experiment/document', 'experiment/prepare', 'experiment/training', 'experiment/processes'],
  ],
  'index.ts': ['records', 'report', 'experiment/document', 'experiment/processes'],
  'browser.ts': ['samples', 'report'],
};

const root = fileURLToPath(new URL('.', import.meta.url));
const arrows = arrowsOf(root);

describe('imports inside the lab', () => {
  it('go from room to room only where they may, and only downward', () => {
    expect(arrows.length).toBeGreaterThan(400);
    expect(forbidden(arrows, ROOMS)).toEqual([]);
    const floors = Object.keys(ROOMS);
    const upward = Object.entries(ROOMS).flatMap(([room, targets]) =>
      targets
        .filter((target) => floors.indexOf(target) > floors.indexOf(room))
        .map((target): Arrow => [room, target]),
    );
    expect(upward).toEqual([]);
  });

  it('are all needed', () => {
    expect(unused(arrows, ROOMS)).toEqual([]);
  });

  it('make no circle of files', () => {
    expect(circle(arrows)).toEqual([]);
  });

  it('load TensorFlow.js for no command that does not compute', () => {
    for (const entry of ['cli/main.ts', 'cli/report.ts', 'cli/watch.ts', 'cli/presets.ts']) {
      const packages = [...packagesLoadedBy(root, entry)];
      expect(packages).toContain('node:path');
      expect(packages.filter((name) => name.startsWith('@tensorflow/'))).toEqual([]);
    }
    expect(packagesLoadedBy(root, 'cli/compare.ts')).toContain('@tensorflow/tfjs');
  });
});
