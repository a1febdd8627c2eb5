#!/usr/bin/env node
// Compiles native/*.cc against the libtorch of this machine into build/tfjs-torch.node; with --sanitize into
// build/sanitized/tfjs-torch.node, whose every access to memory AddressSanitizer checks.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLibtorch } from './find-libtorch.mjs';
import { findNodeHeaders } from './find-node-headers.mjs';
import { sourceDigest } from './source-digest.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const native = join(root, 'native');
const sanitize = process.argv.includes('--sanitize');
const build = sanitize ? join(root, 'build', 'sanitized') : join(root, 'build');

/** @param {string} message */
function fail(message) {
  console.error(`tfjs-backend-torch: ${message}`);
  process.exit(1);
}

function main() {
  if (process.platform === 'win32') fail('Windows is not supported; Linux and macOS are.');
  const libtorch = findLibtorch();
  if (libtorch === undefined) {
    fail(
      'no libtorch was found. Set LIBTORCH to an unpacked libtorch (https://pytorch.org/get-started/locally), ' +
        'or `pip install torch`, or on Debian and Ubuntu `apt-get install libtorch-dev libopenblas0-pthread`.',
    );
    return;
  }
  const headers = findNodeHeaders();
  if (headers === undefined) fail('node_api.h was not found; `npm install node-api-headers` provides it.');
  const compiler = process.env.CXX ?? (process.platform === 'darwin' ? 'clang++' : 'g++');
  const sources = readdirSync(native).filter((name) => name.endsWith('.cc'));
  mkdirSync(build, { recursive: true });
  // Compiled beside its place and renamed: a process that has the old one loaded must not see it change.
  const target = join(build, 'tfjs-torch.node');
  const fresh = `${target}.${process.pid}`;
  const flags = [
    '-std=c++17',
    ...(sanitize ? ['-O1', '-g', '-fsanitize=address', '-fno-omit-frame-pointer'] : ['-O3']),
    '-fPIC',
    '-w', // what warns is libtorch's headers
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    `-D_GLIBCXX_USE_CXX11_ABI=${libtorch.cxx11Abi ? 1 : 0}`,
    '-DNAPI_VERSION=8',
    ...[headers, ...libtorch.include].map((folder) => `-I${folder}`),
    ...sources.map((name) => join(native, name)),
    `-L${libtorch.lib}`,
    `-Wl,-rpath,${libtorch.lib}`,
    ...(process.platform === 'darwin'
      ? []
      : ['-Wl,--no-as-needed', '-Wl,-z,now']) /* a symbol that is missing fails the load, not a call */,
    ...libtorch.libraries.map((name) => `-l${name}`),
    '-o',
    fresh,
  ];
  console.log(`tfjs-backend-torch: compiling against libtorch ${libtorch.version} (${libtorch.origin})`);
  const { status, error } = spawnSync(compiler, flags, { stdio: 'inherit' });
  if (error !== undefined) {
    fail(`the C++ compiler '${compiler}' cannot be run (${error.message}); install g++ or set CXX.`);
  }
  if (status !== 0) fail(`'${compiler}' could not compile the addon against libtorch ${libtorch.version}.`);
  renameSync(fresh, target);
  const { version, lib, origin } = libtorch;
  const about = { version, lib, origin, sources: sourceDigest(native) };
  writeFileSync(join(build, 'libtorch.json'), `${JSON.stringify(about, null, 2)}\n`);
  console.log(`tfjs-backend-torch: built ${target}`);
}

try {
  main();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
