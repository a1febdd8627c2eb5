/** The source of a module and what it imports of the user's own files, as a hash for records. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { PluginError } from './plugin-error.js';

/** `from './x.js'`, `import './x.js'` and `import('./x.js')`. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

async function collect(path: string, sources: Map<string, string>): Promise<void> {
  if (sources.has(path)) return;
  const text = await readFile(path, 'utf8');
  sources.set(path, text);
  for (const [, target] of text.matchAll(IMPORT)) {
    // Node names a missing file when it loads the module.
    await collect(resolve(dirname(path), target!), sources).catch(() => undefined);
  }
}

/**
 * SHA-256, hexadecimal, of a module and of the files that it imports by relative paths, and they in turn. Packages are not part
 * of it.
 * @throws PluginError when the module cannot be read
 */
export async function sourceHash(path: string): Promise<string> {
  const sources = new Map<string, string>();
  const entry = resolve(path);
  try {
    await collect(entry, sources);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
    throw new PluginError(
      `${path}: ${reason}; paths are relative to the experiment file, or to the working directory`,
    );
  }
  const hash = createHash('sha256');
  const files = [...sources].map(
    ([file, text]) => [relative(dirname(entry), file).replaceAll('\\', '/'), text] as const,
  );
  for (const [file, text] of files.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex');
}
