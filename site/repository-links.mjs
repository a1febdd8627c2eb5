/** Links of the documents that lead to something other than a document: to a report of a record, or to a file of the repository. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Where the files of the repository can be read, e.g. https://github.com/owner/name/blob/main; undefined where it is not known. */
const FILES = process.env.SITE_FILES;

/**
 * Where a link leads on the site: an address, and whether another program than the site made that page; null for no link at all.
 * A record without events has no report; its files are files of the repository.
 */
export function siteLink(root, source, href, files = FILES) {
  if (/^[a-z][a-z0-9+.-]*:|^#|^\//i.test(href)) return { href, outside: false };
  const [path, fragment] = href.split('#');
  const target = join(dirname(source), decodeURI(path));
  const inside = relative(root, target).replaceAll('\\', '/');
  const mark = fragment === undefined ? '' : `#${fragment}`;
  if (inside === 'README.md') return { href: `/${mark}`, outside: false };
  if (inside === 'records' || inside === 'records/') return { href: '/docs/reports', outside: false };
  const record = /^records\/([^/]+)/.exec(inside)?.[1];
  if (record !== undefined && existsSync(join(root, 'records', record, 'experiment.json')))
    return { href: `/reports/${record}.html`, outside: true };
  if (inside.endsWith('.md')) return { href, outside: false };
  if (inside === 'docs' || inside === 'docs/README.md') return { href: `/docs/${mark}`, outside: false };
  // Who reads the site plays at once; who reads the repository starts the playground.
  if (inside === 'packages/playground') return { href: '/playground/', outside: true };
  if (inside === 'docs/selectors') return { href: `/docs/choosing${mark}`, outside: false };
  if (!existsSync(target))
    throw new Error(`${relative(root, source)}: links to ${href}, which does not exist`);
  if (statSync(target).isDirectory() && existsSync(join(target, 'README.md'))) {
    return { href: `/${inside.replace(/\/$/, '')}/README${mark}`, outside: false };
  }
  return files === undefined ? null : { href: `${files}/${inside}`, outside: false };
}

/** A plugin of markdown-it that leads links where `siteLink` says. */
export function repositoryLinks(root) {
  return (md) => {
    md.core.ruler.push('repository-links', ({ tokens, env }) => {
      const source = env.realPath ?? env.path;
      for (const { children } of tokens) {
        let dropped = false;
        for (const token of children ?? []) {
          if (token.type === 'link_open') {
            const link = siteLink(root, source, token.attrGet('href') ?? '');
            dropped = link === null;
            if (link !== null) token.attrSet('href', link.href);
            if (link?.outside) token.attrSet('target', '_self');
          }
          if (dropped && (token.type === 'link_open' || token.type === 'link_close')) {
            dropped = token.type === 'link_open';
            token.type = 'text';
            token.tag = '';
            token.nesting = 0;
            token.content = '';
          }
        }
      }
    });
  };
}
