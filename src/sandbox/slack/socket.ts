import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { isObject, str } from './block-kit/schema.js';
import type { BotAnswer, Delivery } from './surface.js';
import { APP_ID } from './workspace.js';

/** Slack's side of Socket Mode. */
export interface Socket {
  /** What `apps.connections.open` gives out: good for one connection. */
  ticket(): string;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  opened(): Promise<void>;
  send(delivery: Delivery, within: number): Promise<Omit<BotAnswer, 'ms' | 'delivery'>>;
  drop(): void;
  stop(): Promise<void>;
}

export function socketMode(): Socket {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const waiting = new Map<string, (body: string) => void>();
  const watchers: (() => void)[] = [];

  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('message', (data: Buffer) => {
      const answer = parse(data.toString('utf8'));
      const id = str(answer, 'envelope_id');
      // Bolt acknowledges with an empty object where it would send an empty body over HTTP.
      const said = JSON.stringify(answer['payload'] ?? {});
      waiting.get(id)?.(said === '{}' ? '' : said);
      waiting.delete(id);
    });
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: open.size, connection_info: { app_id: APP_ID } }),
    );
    watchers.splice(0).forEach((tell) => tell());
  });

  return {
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    upgrade(request, stream, head) {
      const ticket = new URL(request.url ?? '', 'http://localhost').searchParams.get('ticket');
      if (!tickets.delete(ticket ?? '')) stream.destroy();
      else
        server.handleUpgrade(request, stream, head, (socket) => server.emit('connection', socket, request));
    },
    async opened() {
      if (open.size > 0) return;
      await new Promise<void>((resolve) => watchers.push(resolve));
    },
    async send(delivery, within) {
      const socket = [...open].at(-1);
      if (!socket) return { status: 0, body: '', failure: 'dispatch_failed' };
      const envelope = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(envelope);
          resolve({ status: 0, body: '', failure: 'operation_timeout' });
        }, within);
        waiting.set(envelope, (body) => {
          clearTimeout(timer);
          resolve({ status: 200, body });
        });
        const content = contentOf(delivery.body);
        socket.send(JSON.stringify({ envelope_id: envelope, ...content, accepts_response_payload: true }));
      });
    },
    drop() {
      for (const socket of open) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
        socket.close();
      }
    },
    async stop() {
      // Gracefully, as Bolt's stop() does not wait for its own close handshake, and retries after a broken one.
      await Promise.all([...open].map((socket) => closed(socket)));
      server.close();
    },
  };
}

async function closed(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.terminate(), 300);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });
}

/** The same content that HTTP carries as a form, or as JSON. */
function contentOf(body: string) {
  if (body.startsWith('{')) return { type: 'events_api', payload: parse(body) };
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  return payload === null
    ? { type: 'slash_commands', payload: Object.fromEntries(form) }
    : { type: 'interactive', payload: parse(payload) };
}

function parse(text: string) {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('not a JSON object');
  return value;
}
