import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../domain/entitlement.js';
import { chat } from './web-api/chat.js';
import { conversations } from './web-api/conversations.js';
import { respond } from './web-api/hooks.js';
import { people } from './web-api/people.js';
import { refuse, type Method, type MethodReply } from './web-api/reply.js';
import { isObject } from './block-kit/schema.js';
import type { Socket } from './socket.js';
import type { MethodCall, SlackFault } from './surface.js';
import { views } from './web-api/views.js';
import type { Workspace } from './workspace.js';

/** Listens on 127.0.0.1 for Web API calls, response_url posts and Socket Mode. @returns how to stop */
export async function serve(ws: Workspace, socket: Socket): Promise<() => Promise<void>> {
  const methods: Record<string, Method> = {
    ...people,
    ...conversations,
    ...chat,
    ...views,
    'apps.connections.open': {
      token: 'app',
      run: () => ({ ok: true, url: `${ws.origin.replace('http', 'ws')}/link?ticket=${socket.ticket()}` }),
    },
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, place = '', name = ''] = new URL(request.url ?? '', ws.origin).pathname.split('/');
    const { token, ...args } = argsOf(await bodyOf(request), request);
    const method = place === 'response' ? 'response_url' : name;
    const call: MethodCall = { method, at: ws.now(), args };
    ws.calls.push(call);
    const fault = nextFault(ws, method);
    if (fault) call.fault = fault;
    if (fault?.kind === 'rate-limited') {
      response.setHeader('retry-after', String(fault.seconds));
      return send(response, 429, refuse('ratelimited'));
    }
    const wait = tooFast(ws, call);
    if (wait !== undefined) {
      response.setHeader('retry-after', String(wait));
      return send(response, 429, (call.answer = refuse('ratelimited')));
    }
    if (fault?.kind === 'status') return send(response, fault.status, {});
    if (fault?.kind === 'error') return send(response, 200, (call.answer = refuse(fault.error)));
    if (fault?.kind === 'lost' && !fault.effect) return void request.socket.destroy();
    if (place === 'api' && tokenOf(request, token) === ws.botToken)
      response.setHeader('x-oauth-scopes', scopesOf(ws, methods).join(','));
    const reply =
      place === 'response'
        ? respond(ws, name, args)
        : run(ws, methods, method, args, tokenOf(request, token));
    call.answer = structuredClone(reply);
    if (!reply.ok) ws.changed();
    if (fault?.kind === 'lost') return void request.socket.destroy();
    if (fault?.kind === 'slow') await delay(fault.ms);
    send(response, place === 'response' && !reply.ok ? 404 : 200, reply);
  }

  server.on('upgrade', (request, stream, head) => socket.upgrade(request, stream, head));
  await new Promise<void>((resolve) => server.listen(ws.setup.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ws.origin = `http://127.0.0.1:${port}`;
  return async () => {
    await socket.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

function run(
  ws: Workspace,
  methods: Record<string, Method>,
  name: string,
  args: JsonObject,
  token: string,
): MethodReply {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) return refuse('unknown_method');
  if (token === '') return refuse('not_authed');
  if (![ws.botToken, ws.appToken].includes(token)) return refuse('invalid_auth');
  if (token !== (method.token === 'app' ? ws.appToken : ws.botToken)) return refuse('not_allowed_token_type');
  const { scopes } = ws.setup;
  if (scopes && method.scope !== undefined && !scopes.includes(method.scope))
    return { ok: false, error: 'missing_scope', needed: method.scope, provided: scopes.join(',') };
  return method.run(ws, args);
}

/** Slack takes so many messages at once in a channel, before it wants them one by one. */
const BURST = 4;

/** In how many seconds a channel takes a message again, where it has had too many (docs.slack.dev, rate limits). */
function tooFast(ws: Workspace, { method, args }: MethodCall): number | undefined {
  const rate = ws.setup.postsASecond;
  const channel = args['channel'];
  if (rate === undefined || method !== 'chat.postMessage' || typeof channel !== 'string') return undefined;
  const now = ws.stopwatch();
  const whole = Math.max(ws.whole.get(channel) ?? now, now) + 1_000 / rate;
  if (whole - now > (BURST * 1_000) / rate) return Math.ceil((whole - now) / 1_000) - BURST + 1;
  ws.whole.set(channel, whole);
  return undefined;
}

/** No method here needs these, though a bot that is installed from a manifest has them. */
const UNUSED_SCOPES = ['commands', 'groups:history', 'groups:read', 'im:history'];

/** What the bot's token was granted; without a setup that says so, everything. */
function scopesOf({ setup }: Workspace, methods: Record<string, Method>): string[] {
  const all = [...Object.values(methods).flatMap(({ scope }) => scope ?? []), ...UNUSED_SCOPES];
  return setup.scopes ?? [...new Set(all)];
}

/** What the other side did meanwhile is nobody's mistake: a modal was closed, a message deleted, a view changed. */
const RACES = ['not_found', 'message_not_found', 'hash_conflict'];

/** Whether Slack itself refused a message or a view for what the bot said. */
export function isMistake({ method, answer, fault }: MethodCall): boolean {
  const says = /^(?:chat|views)\./.test(method) || method === 'response_url';
  if (!says || answer?.['ok'] !== false || fault?.kind === 'error') return false;
  return !RACES.some((race) => answer['error'] === race);
}

function nextFault(ws: Workspace, method: string): SlackFault | undefined {
  const due = ws.faults.find(({ method: of, left }) => left > 0 && (of === method || of === '*'));
  if (due) due.left -= 1;
  return due?.fault;
}

const tokenOf = (request: IncomingMessage, argument: unknown): string =>
  request.headers.authorization?.replace(/^Bearer /, '') ?? (typeof argument === 'string' ? argument : '');

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const STRUCTURED = ['blocks', 'view', 'metadata', 'attachments'];

/** A JSON body, or a form whose structured members are JSON texts. */
function argsOf(body: string, request: IncomingMessage): JsonObject {
  if (request.headers['content-type']?.startsWith('application/json')) {
    const value: unknown = JSON.parse(body || '{}');
    return isObject(value) ? value : {};
  }
  const query = new URL(request.url ?? '', 'http://localhost').searchParams;
  const given = [...query, ...new URLSearchParams(body)];
  return Object.fromEntries(
    given.map(([key, text]) => [key, STRUCTURED.includes(key) ? parsed(text) : text]),
  );
}

function parsed(text: string) {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return text;
  }
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
