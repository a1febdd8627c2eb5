import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = dirname(fileURLToPath(import.meta.url));

/** The rooms that each room may import from; files beside the folders are rooms of their own. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'backend.ts': [],
  simd: ['backend.ts'],
  kernels: ['backend.ts', 'simd'],
  gradients: ['kernels'],
  'register.ts': ['backend.ts', 'kernels', 'gradients'],
  'index.ts': ['register.ts'],
};

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
);

const importsOf = (path: string): string[] =>
  Array.from(readFileSync(join(root, path), 'utf8').matchAll(/from '(\.[^']+)\.js'/g), ([, target]) =>
    relative(root, join(root, dirname(path), `${target!}.ts`)),
  );

const room = (path: string): string => path.split(/[/\\]/)[0]!;

describe('imports inside the package', () => {
  it('go from room to room only where they may', () => {
    const arrows = files.flatMap((path) => importsOf(path).map((target) => [path, target] as const));
    expect(arrows.length).toBeGreaterThan(60);
    const wrong = arrows.filter(
      ([from, to]) => room(from) !== room(to) && ALLOWED[room(from)]?.includes(room(to)) !== true,
    );
    expect(wrong).toEqual([]);
  });

  it('make no circle', () => {
    const left = new Map(files.map((path) => [path, importsOf(path)]));
    for (;;) {
      const free = [...left].filter(([, targets]) => !targets.some((target) => left.has(target)));
      if (free.length === 0) break;
      for (const [path] of free) left.delete(path);
    }
    expect([...left.keys()]).toEqual([]);
  });
});
