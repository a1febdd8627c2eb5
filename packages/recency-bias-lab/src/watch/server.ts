/** Serves the page of folders to this machine alone, and sends it what changes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HEADERS, LocalServer, readRequest, refuse, sendPage } from '../local-page/server.js';
import { pageScript } from '../report/bundle-client.js';
import { changedPieces, cutPieces } from '../report/feed.js';
import type { FeedMessage } from '../report/feed.js';
import { pageDocument, reportPolicy } from '../report/html/page.js';
import { html, Markup } from '../report/html/markup.js';
import type { LiveContent } from './live-page.js';
import { LIVE_STYLES } from './live-sections.js';

/** The port that is tried first. */
export const USUAL_PORT = 4870;
/** Between two looks at the folders at least so long, and at least so many times what the last look took. */
const LOOK_EVERY_MS = 1000;
const REST = 5;
/** The page is told this often that the server is there. */
const ALIVE_MS = 15_000;
/** How long the pages are given to take the last message. */
const CLOSE_MS = 1000;

/** The page that the server shows, and the deeds of its buttons. */
export interface WatchServerOptions {
  /** The page as it is now. */
  readonly content: () => Promise<LiveContent>;
  /** Does to a folder as a button says; the message of an error is shown. */
  readonly act: (action: string, folder: string) => Promise<void>;
  /** The command that feeds the page anew after the server has ended. */
  readonly again: string;
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

function folderOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'folder' in value && typeof value.folder === 'string'
    ? value.folder
    : undefined;
}

/** A server that runs. */
export class WatchServer {
  /** The address to open in a browser. */
  readonly address: string;
  readonly port: number;
  /** The part of the address that nobody can guess. */
  readonly token: string;
  readonly #options: WatchServerOptions;
  readonly #server: LocalServer;
  readonly #script: string;
  readonly #readers = new Set<Reader>();
  readonly #closing = new AbortController();
  readonly #feeding: Promise<void>;
  #pieces: readonly string[] = [];
  #data: LiveContent['data'] = [];
  #title = '';
  /** Milliseconds that the last look at the folders took. */
  #lookMs = 0;

  private constructor(options: WatchServerOptions, server: LocalServer, script: string) {
    this.#options = options;
    this.#server = server;
    this.#script = script;
    ({ address: this.address, port: this.port, token: this.token } = server);
    this.#feeding = this.#feed();
  }

  /** Begins to serve. */
  static async start(options: WatchServerOptions): Promise<WatchServer> {
    const script = await pageScript('watch');
    const { port = USUAL_PORT, token } = options;
    const server = await LocalServer.start({
      port,
      token,
      answer: (name, request, response) => watching.#answer(name, request, response),
    });
    const watching = new WatchServer(options, server, script);
    return watching;
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
    await this.#server.close();
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && name === '') await this.#sendPage(response);
    else if (request.method === 'GET' && name === 'events') this.#begin(response);
    else if (request.method === 'POST') await this.#act(name, request, response);
    else refuse(response, 404, 'There is nothing here.');
  }

  async #sendPage(response: ServerResponse): Promise<void> {
    const { title, content, data } = await this.#options.content();
    sendPage(
      response,
      pageDocument({
        title,
        content: html`<p id="connection" role="status" data-again="${this.#options.again}">Connecting …</p>
          <div id="watched">${new Markup(content)}</div>`,
        data,
        script: this.#script,
        styles: LIVE_STYLES,
        footer: html`Fed by recency-bias watch on this machine. The page asks nobody else. When the runs have
        ended, report.html in their folder shows the same.`,
        isFed: true,
      }),
      reportPolicy(this.#script, true),
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
    const asked = await readRequest(request, response);
    if (asked === undefined) return;
    const folder = folderOf(asked.value);
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
      title,
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
      title: this.#title,
      length: this.#pieces.length,
      pieces: [...this.#pieces.entries()],
      comparisons: this.#data.length,
      data: [...this.#data.entries()],
    };
    reader.response.write(eventText(message));
    reader.isUpToDate = true;
  }
}

function eventText(message: FeedMessage): string {
  return `event: feed\ndata: ${JSON.stringify(message)}\n\n`;
}
