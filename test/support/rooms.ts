/** The structure of a package as its imports show it: which folder takes from which. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** An import inside a package: the file that imports, and the imported file, by their paths below the root. */
export type Arrow = readonly [from: string, to: string];

/** For each room, a folder or a file of the package, the rooms that it may import from. The longest name that fits is a file's room. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

/** Source files below a folder, without tests. */
export function sourcesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('.d.ts'))
    .map((path) => path.split(sep).join('/'));
}

/** All imports from file to file below a folder. */
export function arrowsOf(root: string): Arrow[] {
  const known = new Set(sourcesOf(root));
  return [...known].flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    return Array.from(text.matchAll(/(?:from |import\(|import )'(\.[^']+)\.js'/g), ([, target]): Arrow => {
      const to = relative(root, join(root, dirname(from), `${target!}.ts`))
        .split(sep)
        .join('/');
      return [from, to];
    }).filter(([, to]) => known.has(to));
  });
}

function roomOf(path: string, rooms: Rooms): string {
  const fits = Object.keys(rooms).filter((room) => path === room || path.startsWith(`${room}/`));
  const room = fits.sort((a, b) => b.length - a.length)[0];
  if (room === undefined) throw new Error(`${path} is in no room; add its folder to the allowed imports.`);
  return room;
}

/** Imports from room to room that are not allowed, as `from -> to`. @throws Error for a file that is in no room */
export function forbidden(arrows: readonly Arrow[], rooms: Rooms): string[] {
  return arrows
    .filter(([from, to]) => {
      const [inside, target] = [roomOf(from, rooms), roomOf(to, rooms)];
      return inside !== target && !rooms[inside]!.includes(target);
    })
    .map(([from, to]) => `${from} -> ${to}`);
}

/** Allowed imports that no file makes. */
export function unused(arrows: readonly Arrow[], rooms: Rooms): string[] {
  const made = new Set(arrows.map(([from, to]) => `${roomOf(from, rooms)} -> ${roomOf(to, rooms)}`));
  return Object.entries(rooms)
    .flatMap(([room, targets]) => targets.map((target) => `${room} -> ${target}`))
    .filter((arrow) => !made.has(arrow));
}

/** Nodes that lie on a circle or between circles; none where the arrows make no circle. */
export function circle(arrows: readonly Arrow[]): string[] {
  let left = arrows.filter(([from, to]) => from !== to);
  for (;;) {
    const [heads, tails] = [new Set(left.map(([, to]) => to)), new Set(left.map(([from]) => from))];
    const kept = left.filter(([from, to]) => heads.has(from) && tails.has(to));
    if (kept.length === left.length) return [...tails];
    left = kept;
  }
}

/** The packages that are loaded with a file: those that it and the files that it imports name, types and later imports aside. */
export function packagesLoadedBy(root: string, entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, target] of text.matchAll(/^(?:import|export) (?!type\b)(?:[^;']*? from )?'([^']+)';/gm)) {
      if (target!.startsWith('.')) visit(join(dirname(path), target!.replace(/\.js$/, '.ts')));
      else packages.add(target!);
    }
  };
  visit(entry);
  return packages;
}
