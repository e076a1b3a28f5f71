import { WebClient } from '@slack/web-api';
import { startSlack, type SlackDouble, type SlackSetup } from '../../src/sandbox/slack/index.js';
import { listening } from './http.js';
import type { JsonObject } from '../../src/domain/entitlement.js';

export const START = Date.UTC(2026, 10, 20, 10, 0, 0);

/** A clock that stands still until it is moved. */
function clock(at = START) {
  let now = at;
  return { now: () => now, move: (ms: number) => void (now += ms) };
}

export async function slack(more: Partial<SlackSetup> = {}) {
  const time = clock();
  const stopwatch = clock(0);
  const double = await startSlack({
    now: time.now,
    stopwatch: stopwatch.now,
    signingSecret: 'shhh',
    team: { id: 'T0CORP', domain: 'corp' },
    users: [
      { id: 'U0ANA', name: 'ana', email: 'Ana@corp.example' },
      { id: 'U0BOB', name: 'bob', email: 'bob@corp.example' },
      { id: 'U0GUEST', name: 'gus', email: 'gus@corp.example', guest: 'restricted' },
      { id: 'U0SINGLE', name: 'sia', email: 'sia@corp.example', guest: 'ultra-restricted' },
      { id: 'U0ROBOT', name: 'robot', bot: true },
      { id: 'U0GONE', name: 'gone', email: 'gone@corp.example', deleted: true },
      { id: 'U0OTHER', name: 'olga', email: 'olga@other.example', team: 'T0OTHER' },
    ],
    usergroups: [
      { id: 'S0ENG', handle: 'eng', users: ['U0ANA', 'U0BOB'] },
      { id: 'S0OLD', handle: 'old', users: ['U0BOB'], disabled: true },
    ],
    channels: [
      { id: 'C0ACCESS', name: 'access' },
      { id: 'C0FEW', name: 'few', members: ['U0ANA'] },
      { id: 'C0OUT', name: 'out', bot: false },
      { id: 'C0SECRET', name: 'secret', bot: false, private: true },
      { id: 'C0OLD', name: 'old', archived: true },
    ],
    answerWithin: 300,
    ...more,
  });
  return { double, time, stopwatch, client: web(double) };
}

export function web(double: SlackDouble, token = double.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: double.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
}
const nothing = (): void => undefined;
const quiet = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => 'error' as never,
  setName: nothing,
};

/** Slack's error name, and its messages. */
export async function refusal(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: { error: string; response_metadata?: { messages?: string[] } } };
    if (data) return { error: data.error, messages: data.response_metadata?.messages ?? [] };
    throw error;
  }
  throw new Error('it was not refused');
}
export const errorOf = async (call: Promise<unknown>): Promise<string> => (await refusal(call)).error;

export interface Heard {
  headers: NodeJS.Dict<string | string[]>;
  raw: string;
  form: Record<string, string>;
  payload: JsonObject;
}

/** A bot that notes what it hears and answers as told. */
export async function bot(answer: (heard: Heard) => Promise<string | number> | string | number = () => '') {
  const heard: Heard[] = [];
  const { url, close } = await listening((request, body, response) => {
    const raw = body.toString('utf8');
    const form = Object.fromEntries(new URLSearchParams(raw));
    const payload = JSON.parse(form['payload'] ?? '{}') as JsonObject;
    const one = { headers: request.headers, raw, form, payload };
    heard.push(one);
    const reply = async () => {
      const said = await answer(one);
      response.statusCode = typeof said === 'number' ? said : 200;
      response.end(typeof said === 'number' ? '' : said);
    };
    void reply();
  });
  return {
    heard,
    url: `${url}/slack/events`,
    stop: close,
  };
}

export const FORM = {
  type: 'modal' as const,
  callback_id: 'request',
  title: { type: 'plain_text' as const, text: 'Ask for access' },
  submit: { type: 'plain_text' as const, text: 'Ask' },
  private_metadata: 'from C0ACCESS',
  blocks: [
    {
      type: 'input' as const,
      block_id: 'entitlement',
      dispatch_action: true,
      label: { type: 'plain_text' as const, text: 'What' },
      element: {
        type: 'static_select' as const,
        action_id: 'entitlement',
        options: ['db', 'logs'].map((id) => ({ text: { type: 'plain_text' as const, text: id }, value: id })),
      },
    },
    {
      type: 'input' as const,
      block_id: 'justification',
      label: { type: 'plain_text' as const, text: 'Why' },
      element: { type: 'plain_text_input' as const, action_id: 'justification', min_length: 5 },
    },
    {
      type: 'input' as const,
      block_id: 'ticket',
      optional: true,
      label: { type: 'plain_text' as const, text: 'Ticket' },
      element: { type: 'plain_text_input' as const, action_id: 'ticket' },
    },
  ],
};
