import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The folder of node_api.h: of the package node-api-headers, or of the running Node's own installation.
 * Node-API is stable across versions of Node, so either serves.
 *
 * @returns {string | undefined}
 */
export function findNodeHeaders() {
  const candidates = [join(dirname(dirname(process.execPath)), 'include', 'node')];
  try {
    const require = createRequire(import.meta.url);
    candidates.unshift(join(dirname(require.resolve('node-api-headers/package.json')), 'include'));
  } catch {
    // Not installed: Node's own headers are tried.
  }
  return candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
}
