/** `recency-bias watch`, and `--watch` of the commands that train: a local page of runs. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { z } from 'zod';
import { cacheDirectory } from '../data/cache.js';
import { startedAs } from '../ground/command.js';
import { makeDirectory } from '../ground/make-directory.js';
import { printable } from '../report/printable.js';
import { parseJson, readText } from '../records/record-file.js';
import { recordedExperimentSchema } from '../records/experiment.js';
import { startWatching, USUAL_PORT } from '../watch/index.js';
import type { WatchServer } from '../watch/index.js';
import { CommandError } from './errors.js';
import { interruptSignal } from './interrupt.js';
import { largest } from '../ground/extremes.js';

/** Flags of `watch`. */
export interface WatchFlags {
  port?: number;
  cache?: string;
}

const addressSchema = z.object({ port: z.int(), token: z.string().regex(/^[0-9a-f]{32}$/) });

/** Where the address of a page is kept, so that an open page finds a server that was started anew. Nobody else may read it. */
function addressFile(dirs: readonly string[], cache: string): string {
  const names = dirs.map((dir) => resolve(dir)).join('\n');
  const key = createHash('sha256').update(names).digest('hex').slice(0, 16);
  return join(cache, 'watch', `${key}.json`);
}

async function readAddress(path: string): Promise<z.infer<typeof addressSchema> | undefined> {
  try {
    return addressSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined; // the page gets a new address
  }
}

async function keepAddress(path: string, address: z.infer<typeof addressSchema>): Promise<void> {
  try {
    await makeDirectory(join(path, '..'));
    await writeFile(path, JSON.stringify(address), { mode: 0o600 });
    await chmod(path, 0o600);
  } catch {
    // Without it the next server has another address.
  }
}

/** The command that goes on with a folder: that of fine-tuning saves a model at its end. */
async function resumeWords(dir: string): Promise<string[]> {
  const path = join(dir, 'experiment.json');
  const { data } = recordedExperimentSchema.safeParse(parseJson((await readText(path)) ?? '{}', path));
  const isOneRun = Object.keys(data?.selectors ?? {}).length === 1 && data?.seeds?.length === 1;
  const command = isOneRun && data.model?.name === 'pretrained' ? 'finetune' : 'compare';
  return [command, '--resume', '--out', dir];
}

/** Serves the page of some folders and says where. */
export async function servePage(dirs: readonly string[], flags: WatchFlags): Promise<WatchServer> {
  const { port } = flags;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new CommandError(`--port: is ${port}; expected a whole number from 0 to 65535`);
  }
  const path = addressFile(dirs, cacheDirectory(flags.cache));
  const known = await readAddress(path);
  const wanted = port ?? known?.port ?? USUAL_PORT;
  const server = await startWatching(dirs, {
    port: wanted,
    ...(known !== undefined && { token: known.token }),
    resume: resumeWords,
  });
  await keepAddress(path, { port: server.port, token: server.token });
  if (wanted !== 0 && server.port !== wanted) {
    process.stderr.write(`Port ${wanted} is taken; the page is at port ${server.port}.\n`);
  }
  process.stderr.write(`Watch: ${pc.bold(server.address)}\n`);
  return server;
}

/** The comparison in runs/ whose log or experiment was written last. */
async function latestComparison(): Promise<string> {
  const names = await readdir('runs').catch((): string[] => []);
  const dirs = names
    .map((name) => join('runs', name))
    .filter((dir) => existsSync(join(dir, 'experiment.json')));
  const times = new Map(
    await Promise.all(
      dirs.map(async (dir) => {
        const logs = (await readdir(dir)).map((name) => join(dir, name, 'events.jsonl')).filter(existsSync);
        const files = [join(dir, 'experiment.json'), ...logs];
        return [dir, largest(files.map((file) => statSync(file).mtimeMs))] as const;
      }),
    ),
  );
  const latest = dirs.sort((a, b) => times.get(b)! - times.get(a)!)[0];
  if (latest === undefined) {
    throw new CommandError(
      `runs: holds no comparison; name a folder, e.g. \`${startedAs()} watch my-runs/quick\`, or begin one with \`${startedAs()} compare --watch\``,
    );
  }
  return latest;
}

/** Shows folders until Ctrl-C. */
export async function watch(dirs: readonly string[], flags: WatchFlags): Promise<void> {
  const shown = dirs.length > 0 ? [...new Set(dirs)] : [await latestComparison()];
  for (const dir of shown) {
    if (!existsSync(dir)) process.stderr.write(`${printable(dir)}: is not there yet; it is waited for\n`);
    else if (existsSync(join(dir, 'run.json'))) {
      throw new CommandError(`${dir}: is a single run's directory; give the folder that holds it`);
    }
  }
  const server = await servePage(shown, flags);
  process.stderr.write('The page shows what is written there until Ctrl-C here, which ends no run.\n');
  await new Promise<void>((done) => {
    const { signal, dispose } = interruptSignal(() => undefined);
    signal.addEventListener('abort', () => {
      dispose();
      done();
    });
  });
  await server.close();
}
