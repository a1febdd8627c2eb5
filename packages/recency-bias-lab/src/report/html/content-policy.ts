/** The content security policy of the pages. */
import { createHash } from 'node:crypto';

/** Content that a page may use beside its own styles. */
export interface AllowedContent {
  /** The page's own script; default: none runs. */
  readonly script?: string;
  /** Sources of images, e.g. `data:`; default: none. */
  readonly images?: string;
  /** Sources that the page may ask, e.g. `'self'`; default: none. */
  readonly connections?: string;
}

/** Allows a page its own script and styles and the given sources, and nothing else: text that slipped through as markup could not run. */
export function contentPolicy({ script, images, connections }: AllowedContent): string {
  const hash = script === undefined ? '' : createHash('sha256').update(script, 'utf8').digest('base64');
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src 'sha256-${hash}'`]),
    "style-src 'unsafe-inline'",
    ...(images === undefined ? [] : [`img-src ${images}`]),
    ...(connections === undefined ? [] : [`connect-src ${connections}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
