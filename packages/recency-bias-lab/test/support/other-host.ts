/** Another host on this machine: processes with a host name, process ids and a boot of their own, which share its folders. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAMESPACES = ['--pid', '--uts', '--mount', '--fork', '--kill-child', '--mount-proc'];

/** A command before a command that runs it as if in a container: with process ids of its own. */
export const CONTAINER: readonly string[] = ['unshare', ...NAMESPACES];

/**
 * A command before a command that runs it as another host.
 * @param folder where a file of the boot's random name may lie
 */
export async function otherHost(name: string, folder: string): Promise<string[]> {
  const boot = join(folder, `boot-${name}`);
  await writeFile(boot, `${randomUUID()}\n`);
  const setUp = `mount --bind ${boot} /proc/sys/kernel/random/boot_id; hostname ${name}; exec "$@"`;
  return [...CONTAINER, 'sh', '-c', setUp, '-'];
}

const { status, stderr, error } = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });

/** Why there can be no other host here; undefined where there can. */
export const noOtherHost =
  status === 0
    ? undefined
    : `this machine does not permit namespaces (unshare: ${(error?.message ?? stderr).trim()})`;

/** Whether tests with other hosts are left out: outside CI, where namespaces need rights that not every user has. */
export const leavesOutHosts = noOtherHost !== undefined && process.env.CI !== 'true';

/** The title of tests with other hosts, which says why they are left out. */
export function hostsTitle(title: string): string {
  return leavesOutHosts ? `${title} (left out: ${noOtherHost!})` : title;
}

/** Makes a test in CI say what is missing. @throws where there can be no other host */
export function needOtherHost(): void {
  if (noOtherHost !== undefined) throw new Error(noOtherHost);
}
