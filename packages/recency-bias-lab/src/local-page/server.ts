/** A page for this machine alone: a server that listens nowhere else, behind an address that nobody can guess. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Of this machine alone. */
const HOST = '127.0.0.1';
/** Ports after the wanted one that are tried when it is taken, before the system is asked for any. */
const NEXT_PORTS = 20;
/** Characters of a request that are read at most. */
const LONGEST_BODY = 10_000;

/** Sent with every answer. */
export const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Options of the server. */
export interface LocalServerOptions {
  /** Answers requests for the whole address. @param name the rest of the path behind the token, without the query */
  readonly answer: (name: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Where it is taken, the next free one; 0 for any. */
  readonly port: number;
  /** Part of the address that nobody can guess. Default: random. */
  readonly token?: string | undefined;
}

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

/** Says no, with a line for people. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}

/** Sends a page with its content policy. */
export function sendPage(response: ServerResponse, page: string, policy: string): void {
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `${policy}; frame-ancestors 'none'`,
  });
  response.end(page);
}

/**
 * The JSON of a request of the page.
 * @returns undefined where the request is refused, since another page might have sent it
 * @throws Error when it is too long, or no JSON
 */
export async function readRequest(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly value: unknown } | undefined> {
  // Pages elsewhere cannot send JSON here: their browser would ask first, and is not answered.
  const isJson = request.headers['content-type'] === 'application/json';
  const site = request.headers['sec-fetch-site'];
  if (!isJson || (site !== undefined && site !== 'same-origin')) {
    refuse(response, 403, 'Only the page itself may ask for that.');
    return undefined;
  }
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk;
    if (text.length > LONGEST_BODY) throw new Error('The request is too long.');
  }
  return { value: JSON.parse(text) };
}

/** A server that runs. */
export class LocalServer {
  /** The address for a browser. */
  readonly address: string;
  readonly port: number;
  /** The part of the address that nobody can guess. */
  readonly token: string;
  readonly #server: Server;
  readonly #root: string;

  private constructor(server: Server, token: string, answer: LocalServerOptions['answer']) {
    this.#server = server;
    this.token = token;
    this.#root = `/${token}/`;
    this.port = (server.address() as AddressInfo).port;
    this.address = `http://${HOST}:${this.port}${this.#root}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response, answer).catch((error: unknown) => {
        if (!response.headersSent) refuse(response, 500, String(error));
        response.end();
      });
    });
  }

  /** Begins to serve. */
  static async start({ answer, port, token }: LocalServerOptions): Promise<LocalServer> {
    const server = createServer();
    const ports = port === 0 ? [0] : [...Array.from({ length: NEXT_PORTS }, (_, i) => port + i), 0];
    for (const wanted of ports) if (wanted < 65_536 && (await listen(server, wanted))) break;
    return new LocalServer(server, token ?? randomBytes(16).toString('hex'), answer);
  }

  /** Ends every connection and the server. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    answer: LocalServerOptions['answer'],
  ): Promise<void> {
    if (!isForThisMachine(request)) {
      refuse(response, 403, 'Only this machine is answered.');
      return;
    }
    const path = (request.url ?? '').split('?')[0]!;
    if (!equalTexts(path.slice(0, this.#root.length), this.#root)) {
      refuse(response, 404, 'There is nothing here: open the whole address that the command printed.');
      return;
    }
    await answer(path.slice(this.#root.length), request, response);
  }
}
