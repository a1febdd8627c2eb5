import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const TFJS = 'package:@tensorflow/tfjs';

/** The imports that each part of the library may have: parts by name, packages by `package:name`. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  'recency-bias': ['core', 'recency-bias'],
  selectors: ['core', 'recency-bias', 'selectors'],
  tfjs: ['core', 'tfjs', 'tfjs/data', 'tfjs/internals', 'tfjs/measuring', 'tfjs/state', TFJS],
  'tfjs/internals': ['core', 'tfjs/internals', TFJS],
  'tfjs/measuring': ['core', 'tfjs/internals', 'tfjs/measuring', TFJS],
  'tfjs/state': ['core', 'tfjs/measuring', 'tfjs/state', TFJS],
  'tfjs/data': ['core', 'tfjs/data', 'tfjs/internals', 'tfjs/measuring', TFJS],
  classifier: ['classifier', TFJS],
  live: ['core', 'recency-bias', 'live'],
  testing: ['core', 'testing'],
  'index.ts': ['core', 'recency-bias', 'selectors'],
};

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const pattern =
    /(?:^|\n|;)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2]!);
}

/** The folder under `src`, and in `tfjs` the group. */
function partOf(path: string): string {
  const [part, group] = path.split(sep);
  return part === 'tfjs' && group !== undefined && !group.endsWith('.ts') && !group.endsWith('.js')
    ? `tfjs/${group}`
    : part!;
}

describe('the library', () => {
  it('has only imports that the architecture allows', () => {
    expect(files.length).toBeGreaterThan(20);
    const forbidden: string[] = [];
    let edges = 0;
    for (const file of files) {
      for (const specifier of importsOf(file)) {
        edges++;
        const target = specifier.startsWith('.')
          ? partOf(relative(root, join(root, dirname(file), specifier)))
          : `package:${specifier}`;
        if (!allowed[partOf(file)]?.includes(target)) forbidden.push(`${file} imports ${specifier}`);
      }
    }
    expect(edges).toBeGreaterThan(50);
    expect(forbidden).toEqual([]);
  });

  it('names no global of the browser, Node or TensorFlow.js in its core and selectors', () => {
    for (const file of files.filter((name) => ['core', 'recency-bias', 'selectors'].includes(partOf(name)))) {
      const source = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(source, file).not.toMatch(/\b(document|window\.|process\.|Buffer|globalThis|require\(|tf\.)/);
    }
  });
});
