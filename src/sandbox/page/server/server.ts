import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Playground } from '../../playground.js';
import { api } from './api.js';
import { changesOf } from './changes.js';
import { bodyOf, stranger } from './gate.js';
import { pageFor } from './pages.js';
import { refuse, type PageReply } from './reply.js';
import { troubles } from './trouble.js';

/** The page may load and reach nothing but this server, and nobody may frame it. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/**
 * Serves the sandbox's page and its API to this machine alone.
 * @param options.pageDir where `page.js` and `page.css` were built @throws when the port cannot be had
 */
export async function serveSandbox(
  playground: Playground,
  { port, pageDir }: { port: number; pageDir: string },
): Promise<{ url: string; close(): Promise<void> }> {
  const trouble = troubles(playground.slack);
  const changes = changesOf(playground);
  const answers = api(playground, trouble, changes.tell);
  const own = () => (server.address() as AddressInfo).port;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const body = await bodyOf(request);
    const target = `http://sandbox${request.url ?? '/'}`;
    if (!URL.canParse(target)) return send(response, refuse(400, 'This address cannot be read.'));
    const { pathname, searchParams: query } = new URL(target);
    const asked = `${request.method} ${pathname}`;

    const refused = stranger(request, own());
    if (refused) return send(response, refused);
    if (body === undefined)
      return send(response, refuse(413, 'This is more than the sandbox takes at once.'));
    if (asked === 'GET /api/events') return changes.stream(response);
    const answer = Object.hasOwn(answers, asked) ? answers[asked] : undefined;
    if (answer) return send(response, await answer({ query, body }));
    const page = await pageFor(asked, pageDir);
    if (!page) return send(response, refuse(404, 'There is nothing here. The page of the sandbox is at /.'));
    response.writeHead(page.status, { 'Content-Type': `${page.type}; charset=utf-8` }).end(page.content);
  }

  const server = createServer((request, response) => {
    // Written to after the browser has gone.
    response.on('error', () => response.destroy());
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      const why = error instanceof Error ? error.message : String(error);
      return send(response, refuse(500, `Something went wrong within the sandbox: ${why}`));
    });
  });

  try {
    await listen(server, port);
  } catch (error) {
    changes.stop();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${own()}`,
    async close() {
      changes.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  const other = 'Choose another with --port: npm run sandbox -- --port 4001';
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${port} is not a port: it is a whole number from 0 to 65535. ${other}`);
  await new Promise<void>((resolve, reject) => {
    server.on('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${code})`;
      reject(new Error(`Port ${port} ${why}. ${other}`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function send(response: ServerResponse, { status, body }: PageReply): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
