/** Addresses of files for pages that lie in a folder. */
import { isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Address of a file for a page in `folder`: relative where there is a way. */
export function addressFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  if (isAbsolute(way)) return pathToFileURL(path).href; // on another drive
  return way.split(sep).map(encodeURIComponent).join('/');
}
