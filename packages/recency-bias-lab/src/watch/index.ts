/** A local page of runs that train: the report, fed instead of filled. */
import { quoted, startedAs } from '../ground/command.js';
import { FolderActions } from './actions.js';
import { LivePage } from './live-page.js';
import { WatchServer } from './server.js';

export { USUAL_PORT } from './server.js';
export type { WatchServer } from './server.js';

/** Where the page is served, and how its folders are resumed. */
export interface WatchOptions {
  /** Default: USUAL_PORT. Where it is taken, the next free one. */
  readonly port?: number;
  /** Part of the address that nobody can guess. Default: random. */
  readonly token?: string;
  /** The words after the program's name that go on with a folder. */
  readonly resume: (dir: string) => Promise<readonly string[]>;
}

/**
 * Serves the page of comparison directories to this machine until it is closed. Directories may be incomplete, missing, on their way
 * from another machine, or complete.
 */
export async function startWatching(
  dirs: readonly string[],
  { resume, ...options }: WatchOptions,
): Promise<WatchServer> {
  const actions = new FolderActions(resume);
  const page = new LivePage(dirs, (folder) => actions.isStopping(folder));
  return WatchServer.start({
    ...options,
    again: [startedAs(), 'watch', ...dirs.map(quoted)].join(' '),
    content: () => page.content(),
    act: async (action, folder) => {
      if (!dirs.includes(folder)) throw new Error(`${folder}: is not watched.`);
      if (action === 'stop') await actions.stop(folder);
      else if (action === 'resume') await actions.resume(folder);
      else throw new Error(`${action}: is nothing that can be done.`);
    },
  });
}
