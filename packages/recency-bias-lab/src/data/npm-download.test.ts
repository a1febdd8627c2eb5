import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { download } from './npm-download.js';

it('asks the registry of the npm configuration, and gives up after one retry', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.writeHead(503).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const folder = await mkdtemp(join(tmpdir(), 'npm-client-'));
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  try {
    await expect(download('some-package@1.0.0', join(folder, 'package.tgz'))).rejects.toThrow('503');
    expect(requests).toBe(2);
  } finally {
    vi.unstubAllEnvs();
    server.close();
    await rm(folder, { recursive: true });
  }
});
