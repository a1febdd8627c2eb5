import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import * as library from 'recency-bias';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, withoutChromium } from '../support/chromium.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** A page of each kind: list of modules, module, class, interface, function, type alias, variable. */
const REFERENCE_PAGES = [
  'reference/',
  'reference/recency-bias/',
  'reference/recency-bias/classes/LabelHistory.html',
  'reference/recency-bias/interfaces/Selector.html',
  'reference/recency-bias/tfjs/functions/fit.html',
  'reference/recency-bias/type-aliases/Observation.html',
  'reference/recency-bias/variables/recencyBias.html',
] as const;

let out: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'site-'));
  // The playground has tests of its own, which build it.
  const parts = ['documents', 'reports'];
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    SITE_OUT: out,
    SITE_BASE: '/',
    SITE_FILES: 'https://files.example',
  };
  await promisify(execFile)(process.execPath, [join(root, 'site/build.mjs'), ...parts], { env });
}, 300_000);
afterAll(() => rm(out, { recursive: true, force: true }));

async function pages(): Promise<string[]> {
  const files = await readdir(out, { recursive: true });
  return files.filter((file) => file.endsWith('.html') && !file.startsWith('reports/'));
}

describe('the built site', () => {
  it('has every document, card and package of the repository', async () => {
    const built = await pages();
    const cards = (await readdir(join(root, 'docs/selectors'))).map((name) => `docs/selectors/${name}`);
    const documents = (await readdir(join(root, 'docs')))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`);
    for (const document of [
      ...cards,
      ...documents.filter((name) => name !== 'docs/README.md'),
      'docs/index.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'packages/recency-bias/README.md',
    ]) {
      expect(built).toContain(document.replace(/\.md$/, '.html'));
    }
    expect(built).toContain('index.html');
    expect(built.filter((page) => page.includes('node_modules'))).toEqual([]);
  });

  it('has no link that leads nowhere, to a page or to a place in it', async () => {
    const broken: string[] = [];
    let checked = 0;
    const textOf = new Map<string, string>();
    for (const page of await pages()) textOf.set(page, await readFile(join(out, page), 'utf8'));
    for (const [page, text] of textOf) {
      for (const [, href] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        const [path, fragment] = href!.split('#') as [string, string | undefined];
        if (/^[a-z]+:/.test(path) || path.startsWith('/playground/')) continue;
        const target =
          path === ''
            ? page
            : posix.join('.', path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path));
        const file = target === '.' || target.endsWith('/') ? posix.join(target, 'index.html') : target;
        checked++;
        const other = textOf.get(file);
        if (!existsSync(join(out, file))) broken.push(`${page}: ${href!}`);
        else if (fragment !== undefined && fragment !== '' && other !== undefined) {
          if (!other.includes(`id="${decodeURIComponent(fragment)}"`)) broken.push(`${page}: ${href!}`);
        }
      }
    }
    expect(checked).toBeGreaterThan(1000);
    expect(broken).toEqual([]);
  });

  it('names every document in the page of documents and beside every page', async () => {
    const names = (await readdir(join(root, 'docs'))).filter((name) => /^[a-z-]+\.md$/.test(name));
    expect(names.length).toBeGreaterThan(10);
    const [list, start] = await Promise.all(
      ['docs/index.html', 'index.html'].map((page) => readFile(join(out, page), 'utf8')),
    );
    for (const name of names.map((document) => document.replace(/\.md$/, '.html'))) {
      expect(list!.slice(list!.indexOf('<main'))).toMatch(new RegExp(`href="(\\./|/docs/)${name}`));
      expect(start).toContain(`/docs/${name}`);
    }
  });

  it('leads links to files to where the repository can be read, and records to their reports', async () => {
    const [start, reports] = await Promise.all(
      ['index.html', 'docs/reports.html'].map((page) => readFile(join(out, page), 'utf8')),
    );
    expect(start).toContain('href="https://files.example/LICENSE"');
    expect(reports).toContain('href="/reports/quick.html"');
    expect(await readFile(join(out, 'reports/quick.html'), 'utf8')).toContain('within the noise');
  });

  it('has a page of the reference for everything that the library exports, and the reference of every package', async () => {
    const built = (await pages()).filter((page) => page.startsWith('reference/'));
    const exported = Object.keys(library).filter((name) => name !== 'option');
    expect(exported.length).toBeGreaterThan(20);
    for (const name of exported) {
      expect(built).toContainEqual(
        expect.stringMatching(
          new RegExp(`^reference/recency-bias/(variables|functions|classes)/${name}\\.html$`),
        ),
      );
    }
    for (const name of ['tfjs', 'classifier', 'live', 'testing']) {
      expect(built).toContain(`reference/recency-bias/${name}/index.html`);
    }
    for (const name of [
      'tfjs-wasm-training',
      'tfjs-backend-torch',
      'recency-bias-lab',
      'recency-bias-lab/browser',
    ]) {
      expect(built).toContain(`reference/${name}/index.html`);
    }
  });
});

describe.skipIf(withoutChromium)('the site in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = decodeURI((request.url ?? '/').split('?')[0]!);
      const file = join(out, path.endsWith('/') ? `${path}index.html` : path);
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      readFile(file).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    server.close();
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent when the browser did not start
    await browser?.close();
  });

  async function open(path: string, options: BrowserContextOptions = {}) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'info' && message.type() !== 'log') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(address + path, { waitUntil: 'networkidle' });
    return { page, problems };
  }

  it.each([
    ['', 'light'],
    ['docs/tfjs.html', 'dark'],
    ['docs/choosing.html', 'light'],
    ['docs/selectors/recency-bias.html', 'dark'],
    ['404.html', 'light'],
    ...REFERENCE_PAGES.flatMap((page) => [[page, 'light'] as const, [page, 'dark'] as const]),
  ] as const)(
    'shows /%s in %s without an error, and an accessibility tree that is sound',
    async (path, colorScheme) => {
      const { page, problems } = await open(path, { colorScheme });
      await page.addScriptTag({ path: AXE });
      const violations = await page.evaluate<string[]>(
        "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 120))))",
      );
      expect(violations).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  it('is read without JavaScript, on a phone too', async () => {
    const { page } = await open('docs/tfjs.html', {
      javaScriptEnabled: false,
      viewport: { width: 360, height: 740 },
    });
    expect(await page.locator('main h1').innerText()).toContain('for TensorFlow.js');
    expect(await page.locator('main').innerText()).toContain('What happens in a run?');
    await page.close();
    const { page: reference } = await open('reference/recency-bias/tfjs/functions/fit.html', {
      javaScriptEnabled: false,
      viewport: { width: 360, height: 740 },
    });
    expect(await reference.locator('main').innerText()).toContain('Trains a compiled model');
    await reference.getByRole('link', { name: 'FitArgs' }).first().click();
    expect(await reference.locator('main h1').innerText()).toContain('Interface: FitArgs');
    await reference.close();
  });

  it('finds what is searched for', async () => {
    const { page, problems } = await open('');
    await page.locator('#local-search button').click();
    await page.locator('#localsearch-input').fill('selection pressure');
    await page.locator('#localsearch-list a').first().waitFor();
    expect(await page.locator('#localsearch-list').innerText()).toMatch(/pressure/i);
    await page.locator('#localsearch-input').fill('loadStateDict');
    await page
      .locator('#localsearch-list a[href*="reference/recency-bias/interfaces/Selector"]')
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});
