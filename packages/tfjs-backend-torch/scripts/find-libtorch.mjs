import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Libtorch
 * @property {string} origin how it was found, in words
 * @property {string} version
 * @property {string[]} include
 * @property {string} lib
 * @property {string[]} libraries names to link with
 * @property {boolean} cxx11Abi
 */

/**
 * The libtorch to compile against: the folder in LIBTORCH, else the one inside a Python's torch, else the system's.
 * A LIBTORCH that holds none is an error, since silently taking another would surprise.
 *
 * @returns {Libtorch | undefined}
 */
export function findLibtorch() {
  const named = process.env.LIBTORCH;
  if (named !== undefined && named !== '') {
    const found = inFolder(named, 'LIBTORCH');
    if (found === undefined) {
      throw new Error(
        `LIBTORCH is '${named}', which has no include/ATen/ATen.h and lib/libtorch: expected an unpacked libtorch.`,
      );
    }
    return found;
  }
  return fromPython() ?? fromSystem();
}

/** @returns {Libtorch | undefined} */
function fromPython() {
  const script =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';
  for (const python of new Set([process.env.PYTHON ?? 'python3', 'python3', 'python'])) {
    const { status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
    const folder = status === 0 ? stdout.trim() : '';
    const found = folder === '' ? undefined : inFolder(folder, `torch of ${python}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns {Libtorch | undefined} */
function fromSystem() {
  for (const prefix of ['/usr', '/usr/local', '/opt/homebrew/opt/pytorch']) {
    const found = inFolder(prefix, `the system's, in ${prefix}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * @param {string} folder
 * @param {string} origin
 * @returns {Libtorch | undefined}
 */
function inFolder(folder, origin) {
  const include = join(folder, 'include');
  if (!existsSync(join(include, 'ATen', 'ATen.h'))) return undefined;
  const lib = libraryFolders(folder).find((candidate) => libraryIn(candidate, 'torch_cpu') !== undefined);
  if (lib === undefined) return undefined;
  const api = join(include, 'torch', 'csrc', 'api', 'include');
  return {
    origin,
    version:
      [join(api, 'torch'), join(include, 'torch'), join(include, 'torch', 'headeronly')]
        .map((headers) => versionIn(join(headers, 'version.h')))
        .find((version) => version !== undefined) ?? 'of an unknown version',
    include: [include, api],
    lib,
    libraries: ['torch', 'torch_cpu', 'c10', 'torch_cuda', 'c10_cuda'].filter(
      (name) => libraryIn(lib, name) !== undefined,
    ),
    cxx11Abi: usesCxx11Abi(libraryIn(lib, 'c10')),
  };
}

/** @param {string} prefix */
function libraryFolders(prefix) {
  const lib = join(prefix, 'lib');
  // Debian keeps libraries under the machine's triplet.
  const triplets = existsSync(lib) ? readdirSync(lib).filter((name) => name.endsWith('-linux-gnu')) : [];
  return [lib, join(prefix, 'lib64'), ...triplets.map((name) => join(lib, name))];
}

/**
 * @param {string} folder
 * @param {string} name
 */
function libraryIn(folder, name) {
  return [`lib${name}.so`, `lib${name}.dylib`]
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
}

/**
 * Builds of libtorch differ in the ABI of std::string; a symbol that takes one tells which.
 *
 * @param {string | undefined} c10
 */
function usesCxx11Abi(c10) {
  if (c10 === undefined || c10.endsWith('.dylib')) return true;
  return readFileSync(c10).includes('torchCheckFailEPKcS2_jRKNSt7__cxx11');
}

/** @param {string} header */
function versionIn(header) {
  if (!existsSync(header)) return undefined;
  const text = readFileSync(header, 'utf8');
  const part = (/** @type {string} */ name) =>
    new RegExp(`#define TORCH_VERSION_${name} (\\d+)`).exec(text)?.[1];
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(part);
  return parts.includes(undefined) ? undefined : parts.join('.');
}
