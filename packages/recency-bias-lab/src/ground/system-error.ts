/** Errors of the file system in words. */
import { getSystemErrorMap } from 'node:util';

/** `permission denied`; the code where the system has no words for it, and the message of any other error. */
export function systemWords(error: unknown): string {
  const { code, errno } = error as NodeJS.ErrnoException;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words ?? code ?? (error instanceof Error ? error.message : String(error));
}
