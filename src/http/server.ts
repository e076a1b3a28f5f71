import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Millis } from '../domain/entitlement.js';
import { LARGEST_BODY, type Door, type Reply } from '../ports/door.js';

export interface Health {
  ok: boolean;
  [detail: string]: unknown;
}
export interface Listening {
  port: number;
  /** Stops accepting, waits for requests in hand (ten seconds at most), then cuts what is left. */
  close(): Promise<void>;
}

const FAREWELL: Millis = 10_000;

/**
 * `POST /slack/events` and `GET /healthz`, nothing else.
 * @param port 0 for any free one
 * @param slowest how long a client may take to send its request
 */
export async function listen(options: {
  port: number;
  host?: string;
  door: Door;
  health: () => Promise<Health>;
  log: Logger;
  slowest?: Millis;
}): Promise<Listening> {
  const { door, health, log, slowest = 5_000 } = options;
  const server = createServer(
    // Node looks for slow clients only every 30 s unless told otherwise.
    { requestTimeout: slowest, headersTimeout: slowest, connectionsCheckingInterval: Math.ceil(slowest / 5) },
    (request, response) => {
      route(request).then(
        (answer) => send(response, answer),
        (error: unknown) => {
          if (request.destroyed && !request.complete) return log.info('a client went away, or was too slow');
          log.error({ err: error }, 'an HTTP request failed');
          send(response, text(500, 'failed'));
        },
      );
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { port, close };

  async function route(request: IncomingMessage): Promise<Reply> {
    switch (request.url?.split('?', 1)[0]) {
      case '/slack/events': {
        if (request.method !== 'POST') return text(405, 'POST only', { allow: 'POST' });
        const body = await bytes(request);
        return body ? door.answer({ headers: request.headers, body }) : text(413, 'too large', CLOSE);
      }
      case '/healthz': {
        if (request.method !== 'GET' && request.method !== 'HEAD')
          return text(405, 'GET only', { allow: 'GET, HEAD' });
        return healthReply();
      }
      default:
        return text(404, 'not found');
    }
  }

  async function healthReply(): Promise<Reply> {
    const found = await health().catch((error: unknown): Health => {
      log.error({ err: error }, 'the health check failed');
      return { ok: false };
    });
    return {
      status: found.ok ? 200 : 503,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(found),
    };
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    const cutOff = setTimeout(() => server.closeAllConnections(), FAREWELL);
    await closed;
    clearTimeout(cutOff);
  }
}

const CLOSE = { connection: 'close' };

/** @returns undefined when it is larger than Slack ever sends */
async function bytes(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  // Destroying the request would take the answer with it.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const part of chunks) {
    size += part.length;
    if (size > LARGEST_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, headers).end(body);
}

function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body };
}
