/** The files below a folder or in an archive, as one kind of thing. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readArchive } from './archive.js';
import { DataError } from './idx.js';

/** Called with each file: its path, and its content or why that cannot be read. */
export type OnTreeFile = (path: string, content: Uint8Array | DataError) => void | Promise<void>;

/** Files to read, wherever they are. Paths are relative, with forward slashes. */
export interface FileTree {
  /** How to name it in errors: the folder or archive as the user wrote it. */
  readonly title: string;
  /** The paths of all files in ascending order, hidden ones (`.DS_Store`, `__MACOSX/`) left out. */
  readonly paths: readonly string[];
  /** Folders in which there is nothing, or only hidden files; of archives, which may or may not say so, none. */
  readonly emptyFolders: readonly string[];
  /** Changes when a file does; the same for the same files. */
  readonly fingerprint: string;
  /**
   * Reads some of the files, in any order; some 64 calls of `onFile` may be under way. A file that cannot be read is handed
   * over as the error that says so.
   */
  readonly read: (wanted: ReadonlySet<string>, onFile: OnTreeFile) => Promise<void>;
  /** Reads one file; absent where that cannot be done without reading all before it. */
  readonly readOne?: (path: string) => Promise<Uint8Array>;
}

const IN_FLIGHT = 32;
/** Files that are asked for their size and time at once. */
const STATS = 256;
/** Deeper nesting is a loop of links. */
const MAX_DEPTH = 16;
const MAX_FILE_BYTES = 2 ** 28;

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

/** Code-unit order: the same on every machine. */
const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface FoundFile {
  readonly path: string;
  readonly stamp: string;
}

/** The files and folders below a folder. */
interface Found {
  readonly files: FoundFile[];
  readonly emptyFolders: string[];
}

/** Names of which the bytes are no UTF-8 come with this character in the place of what was not understood, and lead nowhere. */
const NOT_UNDERSTOOD = '\uFFFD';

async function refuseForeignName(folder: string): Promise<void> {
  const names = await readdir(folder, { encoding: 'buffer' });
  const foreign = names.find((name) => !Buffer.from(name.toString('utf8')).equals(name));
  if (foreign === undefined) return;
  const shown = foreign.toString('latin1').replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  throw new DataError(
    `${folder}: holds a name that is no UTF-8 ("${shown}"); rename it (e.g. \`convmv -f latin1 -t utf8 --notest ...\`)`,
  );
}

async function walk(folder: string, prefix: string, depth: number, found: Found): Promise<void> {
  if (depth > MAX_DEPTH) throw new DataError(`${folder}: is nested more than ${MAX_DEPTH} folders deep`);
  const names = (await readdir(folder)).filter((name) => !isHidden(name));
  if (names.some((name) => name.includes(NOT_UNDERSTOOD))) await refuseForeignName(folder);
  if (names.length === 0 && prefix !== '') found.emptyFolders.push(prefix.slice(0, -1));
  const folders: string[] = [];
  const look = async (name: string): Promise<void> => {
    const info = await stat(`${folder}/${name}`).catch(() => undefined); // follows links
    if (info === undefined) found.files.push({ path: prefix + name, stamp: 'broken' });
    else if (info.isDirectory()) folders.push(name);
    else if (info.isFile()) found.files.push({ path: prefix + name, stamp: `${info.size} ${info.mtimeMs}` });
  };
  for (let from = 0; from < names.length; from += STATS) {
    await Promise.all(names.slice(from, from + STATS).map(look));
  }
  for (const name of folders.sort(ascending)) {
    await walk(join(folder, name), `${prefix}${name}/`, depth + 1, found);
  }
}

async function openFolder(title: string): Promise<FileTree> {
  const root = resolve(title);
  const found: Found = { files: [], emptyFolders: [] };
  try {
    await walk(root, '', 0, found);
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { code, path = root } = error as NodeJS.ErrnoException;
    throw new DataError(`${path}: cannot be read (${code ?? String(error)})`);
  }
  const { files } = found;
  files.sort((a, b) => ascending(a.path, b.path));
  const readOne = async (path: string): Promise<Uint8Array> => {
    try {
      const { size } = await stat(join(root, path));
      if (size > MAX_FILE_BYTES)
        throw new DataError(`${path}: has ${size} bytes; at most ${MAX_FILE_BYTES} are read`);
      return await readFile(join(root, path));
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(
        `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      );
    }
  };
  return {
    title,
    paths: files.map(({ path }) => path),
    emptyFolders: found.emptyFolders.sort(ascending),
    fingerprint: [...files.map(({ path, stamp }) => `${path} ${stamp}`), ...found.emptyFolders].join('\n'),
    readOne,
    read: async (wanted, onFile) => {
      const queue = [...wanted].values();
      const worker = async (): Promise<void> => {
        for (const path of queue) {
          const content = await readOne(path).catch((error: unknown) => {
            if (error instanceof DataError) return error;
            throw error;
          });
          await onFile(path, content);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    },
  };
}

async function openArchive(title: string, size: number, modified: number): Promise<FileTree> {
  const source = resolve(title);
  const paths = new Set<string>();
  await readArchive(title, () => undefined, {
    select: (path) => {
      if (!path.endsWith('/') && !isHidden(path)) paths.add(path);
      return false;
    },
  });
  return {
    title,
    paths: [...paths].sort(ascending),
    emptyFolders: [],
    fingerprint: `${basename(title)} ${size} ${modified}`,
    read: (wanted, onFile) =>
      readArchive(source, onFile, { select: (path) => wanted.has(path), maxFileBytes: MAX_FILE_BYTES }),
  };
}

/**
 * Opens a folder, or a tar, tar.gz or zip archive, and lists its files.
 * @throws DataError when it does not exist, cannot be read, or is neither.
 */
export async function openFileTree(path: string): Promise<FileTree> {
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    info = await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataError(
      `${path}: ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`}`,
    );
  }
  if (info.isDirectory()) return openFolder(path);
  return openArchive(path, info.size, info.mtimeMs);
}

/** Reads small text files of a tree; those that are missing are absent from the result. */
export async function readTexts(
  tree: FileTree,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const present = new Set(paths.filter((path) => tree.paths.includes(path)));
  const texts = new Map<string, string>();
  if (present.size === 0) return texts;
  await tree.read(present, (path, content) => {
    if (content instanceof DataError) throw content;
    texts.set(path, Buffer.from(content).toString('utf8'));
  });
  return texts;
}
