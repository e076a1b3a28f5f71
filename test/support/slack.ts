import { createHmac } from 'node:crypto';
import { pino, type Logger } from 'pino';
import type { DirectoryConfig } from '../../src/domain/directory.js';
import type { Entitlement } from '../../src/domain/entitlement.js';
import { evolve } from '../../src/domain/request/stories/index.js';
import type { Event } from '../../src/domain/request/event.js';
import type { State } from '../../src/domain/request/state.js';
import type { Bundle } from '../../src/ports/policy.js';
import type { Front } from '../../src/ports/front.js';
import { checkBlocks, checkModal } from '../../src/sandbox/slack/block-kit/blocks.js';
import { bundleWith } from './bundle.js';
import { listening } from './http.js';
import { HOUR, MINUTE, T0 } from './requests.js';

export const ID = '01KAG7QZ8RFV5V5J9K3X2M4N6P';
export const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const TEAM = 'T1';

/** The state after these events, under an id that Slack's buttons can carry. */
export function stateAfter(events: Event[], change: Partial<State> = {}): State {
  const state = events.reduce<State | undefined>(evolve, undefined)!;
  return { ...state, id: ID, ...change } as State;
}

export const directory: DirectoryConfig = {
  channel: 'C0ACCESS',
  timezone: 'UTC',
  justification: { minLength: 10, ticket: { pattern: '[A-Z]+-[0-9]+', example: 'OPS-12', required: false } },
  approvalTimeout: 8 * HOUR,
  startWithin: 3 * 86_400_000,
  warnBefore: 10 * MINUTE,
  groups: { security: { members: [] }, dba: { source: 'slack', id: 'S0DBA' } },
  stages: [
    { name: 'manager', kind: 'manager' },
    { name: 'owners', kind: 'owners' },
    { name: 'dba', kind: 'group', group: 'dba', channel: 'C0DBA' },
    { name: 'security', kind: 'group', group: 'security' },
  ],
  people: {},
  accounts: {},
};

export function entitlement(id: string, change: Partial<Entitlement> = {}): Entitlement {
  return {
    id,
    name: `The ${id}`,
    description: `What ${id} is for.`,
    environment: 'production',
    account: '111122223333',
    risk: 'high',
    owners: ['dba'],
    tags: {},
    durations: [15 * MINUTE, HOUR],
    grant: { kind: 'sts-session', config: {} },
    ...change,
  };
}

const unused = () => {
  throw new Error('the Slack adapter decides nothing');
};

/** @param entitlements how many: from 101 on, the form searches them */
export function bundleOf(change: Partial<DirectoryConfig> = {}, entitlements = 0): () => Bundle {
  const ids = Array.from({ length: entitlements }, (_, n) => `thing-${n}`);
  const bundle = bundleWith({
    entitlements: new Map(ids.map((id) => [id, entitlement(id)])),
    directory: { ...directory, ...change },
    pdp: { request: unused, approve: unused, extend: unused, may: unused },
  });
  return () => bundle;
}

type Calls = { [M in keyof Front]: Parameters<Front[M]>[] };
/** A front that notes what it was asked and answers as told; what it was not told is a fault. */
export function fakeFront(answers: Partial<Front>): { front: Front; calls: Calls } {
  const calls: Calls = {
    refuse: [],
    offers: [],
    offer: [],
    mayAsk: [],
    suggest: [],
    whyNot: [],
    preview: [],
    submit: [],
    approve: [],
    mayDeny: [],
    deny: [],
    mayShorten: [],
    shorten: [],
    mayQuestion: [],
    question: [],
    mayAnswer: [],
    answer: [],
    cancel: [],
    revoke: [],
    mayReview: [],
    review: [],
    release: [],
    mayExtend: [],
    extend: [],
    mayMint: [],
    mint: [],
    mayBeAway: [],
    away: [],
    othersAway: [],
    back: [],
    shell: [],
    useShell: [],
    mine: [],
    home: [],
    openHome: [],
    explain: [],
    status: [],
  };
  const front = new Proxy({} as Front, {
    get:
      (_, name: keyof Front) =>
      async (...args: never[]) => {
        calls[name].push(args as never);
        const answer = answers[name] as ((...given: never[]) => Promise<unknown>) | undefined;
        if (!answer && name === 'refuse') return undefined;
        if (!answer) throw new Error(`unexpected call of ${name}`);
        return answer(...args);
      },
  });
  return { front, calls };
}

export function logTo(lines: string[]): Logger {
  return pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
}

export interface Call {
  method: string;
  args: Record<string, unknown>;
}
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: Record<string, unknown> | string;
}
/** Listens where Slack's API would, notes each call, and answers `ok` unless told otherwise. */
export async function slackStandIn() {
  const calls: Call[] = [];
  const replies: Record<string, (call: Call) => Answer | Answer['body']> = {};
  const { url, close } = await listening((request, body, response) => {
    const text = body.toString('utf8');
    const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const args = form ? readForm(text) : (JSON.parse(text || '{}') as Record<string, unknown>);
    const call: Call = { method: request.url!.replace('/api/', ''), args };
    calls.push(call);
    const answer = replies[call.method]?.(call) ?? { ok: true };
    const { status = 200, headers = {}, body: said } = isAnswer(answer) ? answer : { body: answer };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof said === 'string' ? said : JSON.stringify(said));
  });
  return {
    apiUrl: `${url}/api/`,
    hook: `${url}/api/hook`,
    calls,
    of: (method: string) => calls.filter((call) => call.method === method).map(({ args }) => args),
    reply: (method: string, answer: (call: Call) => Answer | Answer['body']) => {
      replies[method] = answer;
    },
    close,
  };
}
export type StandIn = Awaited<ReturnType<typeof slackStandIn>>;

function isAnswer(answer: Answer | Answer['body']): answer is Answer {
  return typeof answer === 'object' && 'body' in answer;
}

function readForm(text: string): Record<string, unknown> {
  const entries = [...new URLSearchParams(text)].map(([key, value]): [string, unknown] => {
    try {
      return [key, /^[[{]/.test(value) ? JSON.parse(value) : value];
    } catch {
      return [key, value];
    }
  });
  return Object.fromEntries(entries);
}

/** A request as Slack signs it. */
export function signed(
  body: string | Buffer,
  options: { at?: number; secret?: string; type?: string; headers?: Record<string, string> } = {},
) {
  const { at = T0, secret = SECRET, type = 'application/x-www-form-urlencoded', headers = {} } = options;
  const raw = Buffer.from(body);
  const timestamp = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(raw).digest('hex');
  return {
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
      ...headers,
    },
    body: raw,
  };
}

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

/** Everything that Slack would refuse, or misread, in a message. */
export function problemsOf(message: { text: string; blocks: unknown }): string[] {
  const all = JSON.stringify(message);
  return [
    ...checkBlocks(message.blocks),
    ...(message.text.trim() === '' ? ['no text for a phone'] : []),
    ...(message.text.length > 3000 ? ['the text is too long'] : []),
    ...(all.length > 13_000 ? [`a card of ${all.length} characters`] : []),
    ...(guessed(message.blocks) ? ['mrkdwn that Slack may read names into'] : []),
  ];
}

/** What Slack reads mentions and links out of. */
export function mrkdwnIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (type === 'mrkdwn') return [String(text)];
  return Object.values(value).flatMap(mrkdwnIn);
}

function guessed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, verbatim } = value as { type?: unknown; verbatim?: unknown };
  return (type === 'mrkdwn' && verbatim !== true) || Object.values(value).some(guessed);
}

export { checkModal };

/** All mrkdwn and plain texts in blocks, one after another. */
export function wordsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsIn).join('\n');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, member]) => (key === 'text' && typeof member === 'string' ? member : wordsIn(member)))
    .filter((text) => text !== '')
    .join('\n');
}
