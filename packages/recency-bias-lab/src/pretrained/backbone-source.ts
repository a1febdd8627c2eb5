/** From what a user calls a backbone - a name, an address, a path or a run directory - to the model's files. */
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from '../data/npm-download.js';
import { reasonOf } from '../data/verified-folder.js';
import { suggest } from '../ground/suggest.js';
import type { OpenContext } from '../models/model.js';
import { makeDirectory } from '../ground/make-directory.js';
import { ADDRESS_FILE, backboneFolder, cachedBackbones } from './backbone-cache.js';
import { publicBackbones } from './known-backbones.js';
import { ModelError } from '../models/model-error.js';
import { readModelFiles, weightFileNames } from '../models/model-files.js';
import type { ModelFiles } from '../models/model-files.js';

/** Whether a backbone is fetched from an address. */
export const isAddress = (backbone: string): boolean => /^https?:\/\//i.test(backbone);

/** Fetches model.json and its weight files into the cache, where they appear together; returns their folder. */
async function fetchModel(address: string, { cache, onProgress }: OpenContext): Promise<string> {
  const target = backboneFolder(address, cache);
  if (existsSync(target)) return target;
  const folder = `${target}.${process.pid}.part`;
  let at = address;
  const fetch = async (from: string, path: string): Promise<void> => {
    at = from;
    await download(from, path, (receivedBytes) => onProgress?.({ source: from, receivedBytes }));
  };
  try {
    await rm(folder, { recursive: true, force: true });
    await makeDirectory(folder);
    const model = join(folder, 'model.json');
    await fetch(address, model);
    for (const name of await weightFileNames(model)) {
      if (!/^[\w.-]+$/.test(name))
        throw new ModelError(`${address}: names a weight file ${JSON.stringify(name)} that is not beside it`);
      await fetch(new URL(name, address).href, join(folder, name));
    }
    await readModelFiles(folder, address);
    await writeFile(join(folder, ADDRESS_FILE), `${address}\n`);
    await rename(folder, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error; // else another process was faster
    });
    return target;
  } catch (error) {
    if (error instanceof ModelError)
      throw new ModelError(error.message.replaceAll(join(folder, 'model.json'), address));
    const cached = (await cachedBackbones(cache)).map(({ backbone }) => backbone);
    const offer =
      cached.length === 0 ? '' : `; the cache holds ${cached.join(', ')}: give --backbone ${cached[0]!}`;
    throw new ModelError(
      `${at}: cannot be fetched (${reasonOf(error)}); check the address and the network, or download the model and give its path${offer}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notFound(backbone: string): ModelError {
  const names = [...publicBackbones.keys()];
  const near = suggest(backbone, names);
  const hint =
    near === undefined
      ? `expected the path or address of a model.json, a run directory of this program's, or one of ${names.join(', ')}`
      : `did you mean ${near}?`;
  return new ModelError(`model.options.backbone: ${JSON.stringify(backbone)} does not exist; ${hint}`);
}

/**
 * Reads the files of a backbone, fetching them into the cache if need be.
 * @param backbone a public network's name, an http(s) address, or a path: a model.json, its folder, or a run directory
 * @throws ModelError when there is none or it cannot be read or fetched.
 */
export async function openBackbone(backbone: string, context: OpenContext): Promise<ModelFiles> {
  const address = publicBackbones.get(backbone) ?? (isAddress(backbone) ? backbone : undefined);
  if (address !== undefined) return readModelFiles(await fetchModel(address, context), backbone);
  if (!existsSync(backbone)) throw notFound(backbone);
  // `finetune` leaves its model in a folder of that name.
  const folder = ['', 'model']
    .map((name) => join(backbone, name))
    .find((at) => existsSync(join(at, 'model.json')));
  if (folder !== undefined) return readModelFiles(folder, backbone);
  return (await context.readRun(backbone)) ?? readModelFiles(backbone);
}
