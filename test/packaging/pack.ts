import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The published packages. */
export const packages = [
  'recency-bias',
  'tfjs-wasm-training',
  'tfjs-backend-torch',
  'recency-bias-lab',
] as const;
export type PackageName = (typeof packages)[number];

/** The result of `npm pack`. */
export interface Tarball {
  readonly path: string;
  readonly size: number;
  readonly files: readonly string[];
  readonly data: Uint8Array;
}

interface PackResult {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs every published package into `folder`. Needs the build to be there. */
export async function packAll(folder: string): Promise<Record<PackageName, Tarball>> {
  const tarballs: Partial<Record<PackageName, Tarball>> = {};
  for (const name of packages) {
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, '-w', name],
      { cwd: root },
    );
    const parsed = JSON.parse(stdout) as readonly PackResult[] | Record<string, PackResult>;
    const result = Object.values(parsed)[0]!;
    const path = join(folder, result.filename);
    tarballs[name] = {
      path,
      size: result.size,
      files: result.files.map((file) => file.path),
      data: await readFile(path),
    };
  }
  return tarballs as Record<PackageName, Tarball>;
}

/** An empty folder outside the repository with the consumer's files in it and the given packages installed. */
export async function installInto(name: string, dependencies: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `recency-bias-${name}-`));
  await mkdir(folder, { recursive: true });
  await cp(join(root, 'test/packaging/consumer'), folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, private: true, type: 'module', dependencies }, null, 2),
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
  });
  return folder;
}

/** Runs a program in a consumer's folder and returns what it printed. */
export async function runIn(folder: string, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: folder, maxBuffer: 1 << 24 });
  return stdout;
}
