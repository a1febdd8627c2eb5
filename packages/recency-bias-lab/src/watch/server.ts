/** Serves the page of folders to this machine alone, and sends it what changes. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageScript } from '../report/bundle-client.js';
import { changedPieces, cutPieces } from '../report/feed.js';
import type { FeedMessage } from '../report/feed.js';
import { contentPolicy, pageDocument } from '../report/html/page.js';
import { html, Markup } from '../report/html/markup.js';
import type { LiveContent } from './live-page.js';
import { LIVE_STYLES } from './live-sections.js';

/** Of this machine alone. */
const HOST = '127.0.0.1';
/** The port that is tried first. */
export const USUAL_PORT = 4870;
/** Ports after it that are tried when it is taken, before the system is asked for any. */
const NEXT_PORTS = 20;

/** Between two looks at the folders at least so long, and at least so many times what the last look took. */
const LOOK_EVERY_MS = 1000;
const REST = 5;
/** The page is told this often that the server is there. */
const ALIVE_MS = 15_000;
/** How long the pages are given to take the last message. */
const CLOSE_MS = 1000;

/** What the server is made of. */
export interface WatchServerOptions {
  /** The page as it is now. */
  readonly content: () => Promise<LiveContent>;
  /** What a button does to a folder; the message of an error is shown. */
  readonly act: (action: string, folder: string) => Promise<void>;
  /** Default: USUAL_PORT. Where it is taken, the next free one. */
  readonly port?: number;
  /** Part of the address that nobody can guess. Default: random. */
  readonly token?: string;
}

/** A page that is open. */
interface Reader {
  readonly response: ServerResponse;
  /** Whether it has everything up to the last message. */
  isUpToDate: boolean;
}

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}

function equalTexts(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** Requests by another name than this machine's come from a page elsewhere whose name leads here. */
function isForThisMachine({ headers }: IncomingMessage): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(headers.host ?? '');
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk;
    if (text.length > 10_000) throw new Error('The request is too long.');
  }
  return text;
}

function folderOf(body: string): string | undefined {
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null && 'folder' in value && typeof value.folder === 'string'
    ? value.folder
    : undefined;
}

/** A server that runs. */
export class WatchServer {
  /** What to open in a browser. */
  readonly address: string;
  readonly port: number;
  /** The part of the address that nobody can guess. */
  readonly token: string;
  readonly #options: WatchServerOptions;
  readonly #server: Server;
  readonly #root: string;
  readonly #script: string;
  readonly #readers = new Set<Reader>();
  readonly #closing = new AbortController();
  readonly #feeding: Promise<void>;
  #pieces: readonly string[] = [];
  #data: LiveContent['data'] = [];
  #title = '';
  /** Milliseconds that the last look at the folders took. */
  #lookMs = 0;

  private constructor(options: WatchServerOptions, server: Server, token: string, script: string) {
    this.#options = options;
    this.#server = server;
    this.token = token;
    this.#root = `/${token}/`;
    this.#script = script;
    this.port = (server.address() as AddressInfo).port;
    this.address = `http://${HOST}:${this.port}${this.#root}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) refuse(response, 500, String(error));
        response.end();
      });
    });
    this.#feeding = this.#feed();
  }

  /** Begins to serve. */
  static async start(options: WatchServerOptions): Promise<WatchServer> {
    const script = await pageScript('watch');
    const server = createServer();
    const first = options.port ?? USUAL_PORT;
    const ports = first === 0 ? [0] : [...Array.from({ length: NEXT_PORTS }, (_, i) => first + i), 0];
    for (const port of ports) if (port < 65_536 && (await listen(server, port))) break;
    const token = options.token ?? randomBytes(16).toString('hex');
    return new WatchServer(options, server, token, script);
  }

  /** Ends; pages that are open are told the last that there is to see, and go on showing it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#feeding;
    if (this.#readers.size > 0) await this.#look();
    const ended = [...this.#readers].map(
      ({ response }) =>
        new Promise<void>((resolve) => {
          response.on('close', resolve);
          response.end('event: end\ndata: 1\n\n');
        }),
    );
    await Promise.race([Promise.all(ended), sleep(CLOSE_MS)]);
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForThisMachine(request)) {
      refuse(response, 403, 'Only this machine is answered.');
      return;
    }
    const path = (request.url ?? '').split('?')[0]!;
    if (!equalTexts(path.slice(0, this.#root.length), this.#root)) {
      refuse(response, 404, 'There is nothing here: open the whole address that the command printed.');
      return;
    }
    const name = path.slice(this.#root.length);
    if (request.method === 'GET' && name === '') await this.#sendPage(response);
    else if (request.method === 'GET' && name === 'events') this.#begin(response);
    else if (request.method === 'POST') await this.#act(name, request, response);
    else refuse(response, 404, 'There is nothing here.');
  }

  async #sendPage(response: ServerResponse): Promise<void> {
    const { title, content, data } = await this.#options.content();
    response.writeHead(200, {
      ...HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${contentPolicy(this.#script, true)}; frame-ancestors 'none'`,
    });
    response.end(
      pageDocument({
        title,
        content: html`<p id="connection" role="status">Connecting …</p>
          <div id="watched">${new Markup(content)}</div>`,
        data,
        script: this.#script,
        styles: LIVE_STYLES,
        footer: html`Fed by recency-bias watch on this machine. The page asks nobody else. When the runs have
        ended, report.html in their folder shows the same.`,
        isFed: true,
      }),
    );
  }

  #begin(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    const reader: Reader = { response, isUpToDate: false };
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    if (this.#pieces.length > 0) this.#sendWhole(reader);
  }

  async #act(action: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Pages elsewhere cannot send JSON here: their browser would ask first, and is not answered.
    const isJson = request.headers['content-type'] === 'application/json';
    const site = request.headers['sec-fetch-site'];
    if (!isJson || (site !== undefined && site !== 'same-origin')) {
      refuse(response, 403, 'Only the page itself may ask for that.');
      return;
    }
    const folder = folderOf(await readBody(request));
    try {
      if (folder === undefined) throw new Error('It was not said which folder is meant.');
      await this.#options.act(action, folder);
      response.writeHead(204, HEADERS);
      response.end();
    } catch (error) {
      refuse(response, 409, error instanceof Error ? error.message : String(error));
    }
  }

  /** Looks at the folders while a page is open, and sends what has changed. */
  async #feed(): Promise<void> {
    const { signal } = this.#closing;
    let said = performance.now();
    for (;;) {
      await sleep(Math.max(LOOK_EVERY_MS, REST * this.#lookMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.#readers.size === 0) continue;
      await this.#look();
      if (performance.now() - said < ALIVE_MS) continue;
      said = performance.now();
      for (const { response } of this.#readers) response.write('event: alive\ndata: 1\n\n');
    }
  }

  async #look(): Promise<void> {
    const begun = performance.now();
    const { title, content, data } = await this.#options.content();
    const pieces = cutPieces(content);
    const message: FeedMessage = {
      isWhole: false,
      time: new Date().toISOString(),
      title: documentTitle(title),
      length: pieces.length,
      pieces: changedPieces(this.#pieces, pieces),
      comparisons: data.length,
      data: data.flatMap((own, at) => (own === this.#data[at] ? [] : [[at, own] as const])),
    };
    const hasChanged =
      message.pieces.length > 0 || message.data.length > 0 || pieces.length !== this.#pieces.length;
    this.#pieces = pieces;
    this.#data = data;
    this.#title = title;
    const text = hasChanged ? eventText(message) : '';
    for (const reader of this.#readers) {
      // Who cannot keep up gets everything once it can.
      if (reader.response.writableNeedDrain) reader.isUpToDate = false;
      else if (!reader.isUpToDate) this.#sendWhole(reader);
      else if (hasChanged) reader.response.write(text);
    }
    this.#lookMs = performance.now() - begun;
  }

  #sendWhole(reader: Reader): void {
    const message: FeedMessage = {
      isWhole: true,
      time: new Date().toISOString(),
      title: documentTitle(this.#title),
      length: this.#pieces.length,
      pieces: [...this.#pieces.entries()],
      comparisons: this.#data.length,
      data: [...this.#data.entries()],
    };
    reader.response.write(eventText(message));
    reader.isUpToDate = true;
  }
}

function documentTitle(title: string): string {
  return `${title}: batch selection compared`;
}

function eventText(message: FeedMessage): string {
  return `event: feed\ndata: ${JSON.stringify(message)}\n\n`;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}
