/** @project long */
import { openStage } from '../../src/domain/chain.js';
import type { Incoming, Reply } from '../../src/ports/door.js';
import { checkModal } from '../../src/sandbox/slack/block-kit/blocks.js';
import { cardWith, MINUTE, serveCompany, SIGNING_SECRET } from '../support/company.js';
import { signed } from '../support/slack.js';
import { isMember, impossibilities, type Kept, type Sent } from './model.js';
import { CANARY, hostile, mutate, type Json, type JsonObject } from './mutate.js';
import { random, type Random } from './random.js';
import { corp } from '../support/people.js';
import { cost, leastCost } from '../support/growth.js';
import { tries } from '../support/tries.js';

const RUNS = tries(500, 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_120);
/** As often as the usual answer, by the processor's time, one may take at most, with all that happens before it. */
const SLOWEST = 500;
const LARGEST = 1_000_000;

type Company = Awaited<ReturnType<typeof serveCompany>>;
interface Template {
  type:
    | 'command'
    | 'block_actions'
    | 'block_suggestion'
    | 'view_submission'
    | 'shortcut'
    | 'message_action'
    | 'event_callback';
  body: JsonObject;
}
/** What is sent, and what is known about it. */
interface Shot extends Incoming {
  body: Buffer;
  /** What it says that it is; `unclear` where a byte that was changed may have made something else of it. */
  type: Json | undefined;
  who: { slackId: string; team: string };
  text: string;
  /** Nothing in it is malformed, however wrong it may be. */
  wellFormed: boolean;
  expected?: number;
}

const PEOPLE = ['ANA', 'BOB', 'SAM', 'KIM', 'LEE', 'CLEO', 'DAN', 'OLI', 'GUEST', 'GONE', 'ROBOT'];
const APPROVERS = ['BOB', 'BOB', 'SAM', 'KIM', 'DAN'];
const ENTITLEMENTS = [
  'sandbox-power-user',
  'sandbox-bucket-reader',
  'staging-deployer',
  'staging-secrets-reader',
  'orders-logs',
  'billing-reports',
  'orders-db-admin',
];
const OF_A_STAGE = ['approve', 'deny', 'shorten', 'question'];
const BUTTONS = [...OF_A_STAGE, 'approve', 'approve', 'answer', 'credentials', 'cancel', 'revoke', 'status'];
const OFTEN = ['command', 'block_actions', 'block_actions', 'view_submission', 'block_suggestion'];
const KINDS = [...OFTEN, ...OFTEN, 'shortcut', 'message_action', 'event_callback'];
const STAGES = ['manager', 'security', 'owners', 'nobody'];

/** Does everything once that people can do, and takes what Slack sent for it. */
async function record(it: Company): Promise<Template[]> {
  const { slack } = it;
  const production = { duration: '1h', justification: 'adding an index to orders', ticket: 'OPS-12' };
  await it.ask('U0ANA', { entitlement: 'orders-db-admin', ...production });
  const asks = () => cardWith(slack.dms('U0BOB'), 'approve');
  await it.click('U0BOB', asks(), 'question');
  await slack.as('U0BOB').submit(slack.views('U0BOB').at(-1)!, { question: 'Which index?' });
  await it.quiet();
  await it.click('U0ANA', cardWith(slack.dms('U0ANA'), 'answer'), 'answer');
  await slack.as('U0ANA').submit(slack.views('U0ANA').at(-1)!, { answer: 'The one on orders.id' });
  await it.quiet();
  await it.click('U0BOB', asks(), 'shorten');
  await slack.as('U0BOB').submit(slack.views('U0BOB').at(-1)!, { duration: '15m' });
  await it.quiet();
  await it.click('U0SAM', cardWith(slack.messages('C0SECURITY'), 'approve'), 'deny');
  await slack.as('U0SAM').submit(slack.views('U0SAM').at(-1)!, { reason: 'use the read-only one' });
  await it.quiet();
  const sandbox = {
    entitlement: 'sandbox-power-user',
    duration: '4h',
    justification: 'building a prototype',
  };
  await it.ask('U0ANA', sandbox);
  await it.click('U0ANA', cardWith(slack.dms('U0ANA'), 'credentials'), 'credentials');
  await it.click('U0ANA', cardWith(slack.dms('U0ANA'), 'revoke'), 'revoke');
  await it.ask('U0ANA', {
    entitlement: 'staging-deployer',
    duration: '1h',
    justification: 'a fix for the tests',
  });
  for (const line of ['list', 'status', 'help', 'revoke']) await slack.as('U0ANA').command(`/jit ${line}`);
  await slack.as('U0ANA').command('/jit cancel');
  await it.click('U0ANA', slack.ephemerals('U0ANA').at(-1)!, 'cancel');
  await it.quiet();
  await slack.as('U0ANA').openHome();
  await slack.as('U0ANA').shortcut('request');
  await slack.as('U0ANA').messageShortcut(slack.messages('C0SECURITY')[0]!, 'request-from-message');
  await it.quiet();
  const recorded = slack.deliveries().map(({ body }): Template => {
    if (body.startsWith('{')) return { type: 'event_callback', body: JSON.parse(body) as JsonObject };
    const form = new URLSearchParams(body);
    const payload = form.get('payload');
    if (payload === null) return { type: 'command', body: Object.fromEntries(form) };
    const parsed = JSON.parse(payload) as JsonObject;
    return { type: parsed['type'] as Template['type'], body: parsed };
  });
  return [...recorded, suggestionIn(recorded)];
}

/** What Slack sends for a key typed into the form. So short a catalog is listed: nobody has typed yet. */
function suggestionIn(recorded: Template[]): Template {
  const { body } = recorded.find(({ body }) => (body['view'] as JsonObject)?.['callback_id'] === 'request')!;
  const { response_urls: _, trigger_id: __, ...shared } = body;
  const view = body['view'] as JsonObject;
  const container = { type: 'view', view_id: view['id']! };
  const field = { block_id: 'entitlement', action_id: 'entitlement', value: 'ord' };
  return { type: 'block_suggestion', body: { ...shared, type: 'block_suggestion', container, ...field } };
}

/** What is there to aim at: ids of real requests, newest first, with how often their chain has changed. */
type Targets = { id: string; revision: number; stage: string }[];
const NONE = { id: '01KAG7QZ8RFV5V5J9K3X2M4N6P', revision: 0, stage: 'manager' };

/** Another person, another request, another entitlement: as well-formed as before. */
function aim(r: Random, { type, body }: Template, targets: Targets, fresh: JsonObject): void {
  const user = `U0${r.pick(type === 'block_actions' && r.chance(0.5) ? APPROVERS : PEOPLE)}`;
  const stranger = r.chance(0.1);
  const team = stranger ? 'T0OTHER' : 'T0CORP';
  if (r.chance(0.7)) Object.assign(body, fresh);
  const { id, revision, stage: open } = r.chance(0.05) ? NONE : (r.pick(targets) ?? NONE);
  const stage = `${id}.${revision + (r.chance(0.1) ? 1 : 0)}.${r.chance(0.7) ? open : r.pick(STAGES)}`;
  if (type === 'command') {
    Object.assign(body, { user_id: user, team_id: team });
    const lines = [
      'list',
      'help',
      '',
      `status ${id}`,
      `cancel ${id}`,
      `revoke ${id} ${CANARY}reason`,
      `${r.pick(ENTITLEMENTS)} 1h ${words(hostile(r))}`,
      words(hostile(r)),
    ];
    if (r.chance(0.8)) body['text'] = r.pick(lines);
    return;
  }
  if (type === 'event_callback') {
    Object.assign(body['event'] as JsonObject, { user });
    if (r.chance(0.1))
      Object.assign(body['event'] as JsonObject, { type: r.pick(['message', 'team_join', '']) });
    return;
  }
  if (r.chance(0.8)) Object.assign(body, { user: { id: user, team_id: team }, team: { id: 'T0CORP' } });
  if (type === 'block_actions') {
    delete body['message'];
    const button = r.pick(BUTTONS);
    const answered = `${id}.${r.pick(['1', '2', '0', '99'])}`;
    const value = OF_A_STAGE.includes(button) ? stage : button === 'answer' ? answered : id;
    const press = { type: 'button', block_id: 'b', action_id: button, value };
    const option = {
      type: 'overflow',
      block_id: 'b',
      action_id: 'menu',
      selected_option: { value: `${button} ${value}` },
    };
    if (r.chance(0.7)) body['actions'] = [r.chance(0.8) ? press : option];
    return;
  }
  if (type === 'block_suggestion') {
    body['value'] = r.chance(0.5) ? r.pick(['', 'o', 'Orders', 'PRODUCTION', 'no such thing']) : hostile(r);
    return;
  }
  if (type === 'shortcut' || type === 'message_action') {
    if (type === 'message_action' && r.chance(0.3))
      body['channel'] = { id: r.pick(['C0SECURITY', 'C0GONE', 'D0ANA']) };
    return;
  }
  const view = body['view'] as JsonObject;
  if (view['callback_id'] === 'deny') {
    view['private_metadata'] = stage;
    view['state'] = { values: { reason: { reason: { type: 'plain_text_input', value: hostile(r) } } } };
    return;
  }
  const duration = { duration: { selected_option: { value: r.pick(['1h', '4h', '30m', '15m', '9d']) } } };
  if (view['callback_id'] === 'shorten') {
    view['private_metadata'] = stage;
    view['state'] = { values: { duration } };
    return;
  }
  if (view['callback_id'] === 'question' || view['callback_id'] === 'answer') {
    const input = view['callback_id'];
    view['private_metadata'] = input === 'question' ? stage : `${id}.${r.pick(['1', '2', '99'])}`;
    const value = r.chance(0.5) ? `${CANARY}why` : hostile(r);
    view['state'] = { values: { [input]: { [input]: { type: 'plain_text_input', value } } } };
    return;
  }
  const ticket = r.chance(0.7) ? 'OPS-12' : hostile(r);
  view['state'] = {
    values: {
      entitlement: { entitlement: { selected_option: { value: r.pick(ENTITLEMENTS) } } },
      duration,
      justification: {
        justification: { value: r.chance(0.8) ? `${CANARY}${r.int(1e6)} says why` : hostile(r) },
      },
      ticket: { ticket: { value: ticket } },
    },
  };
}

function shoot(r: Random, templates: Template[], targets: Targets, fresh: JsonObject, at: number): Shot {
  const kind = r.pick(KINDS);
  const template = structuredClone(r.pick(templates.filter(({ type }) => type === kind)));
  const { type, body } = template;
  if (r.chance(0.85)) aim(r, template, targets, fresh);
  const times = r.pick([0, 0, 0, 1, 1, 1, 1, 2, 2, 5]);
  for (let n = 0; n < times; n++) mutate(r, body);
  const user = body['user'] as JsonObject | undefined;
  const opener = (body['event'] as JsonObject | null | undefined)?.['user'];
  const slackId = type === 'command' ? body['user_id'] : type === 'event_callback' ? opener : user?.['id'];
  const team =
    type === 'command' ? body['team_id'] : (user?.['team_id'] ?? (body['team'] as JsonObject)?.['id']);
  const text =
    type === 'command'
      ? new URLSearchParams(
          Object.entries(body).map(([key, value]): [string, string] => [key, words(value)]),
        ).toString()
      : type === 'event_callback'
        ? JSON.stringify(body)
        : `payload=${encodeURIComponent(JSON.stringify(body))}`;
  const known = {
    type: type === 'command' && body['type'] === undefined && body['command'] ? 'command' : body['type'],
    who: { slackId: words(slackId), team: words(team) },
    text: words(body),
    wellFormed: times === 0,
  };
  if (type === 'event_callback')
    return { ...signed(text, { at, secret: SIGNING_SECRET, type: 'application/json' }), ...known };
  return r.chance(0.9)
    ? { ...signed(text, { at, secret: SIGNING_SECRET }), ...known }
    : { ...mangled(r, text, at), ...known, type: 'unclear', wellFormed: false };
}

const words = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** Wrong on the wire: what it says has no effect, so nobody is named for it. */
function mangled(r: Random, text: string, at: number): Incoming & { expected?: number; body: Buffer } {
  const secret = SIGNING_SECRET;
  const cut = text.slice(0, r.int(text.length));
  const bytes = Buffer.from(text);
  bytes[r.int(bytes.length)] = r.int(256);
  const ways: (() => Incoming & { expected?: number; body: Buffer })[] = [
    () => ({ ...signed(text, { at, secret: 'another' }), expected: 401 }),
    () => ({ ...signed(text, { at: at + 5 * MINUTE, secret }), expected: 401 }),
    () => ({ ...signed(text, { at: at - 6 * MINUTE, secret }), expected: 401 }),
    () => ({ headers: {}, body: Buffer.from(text), expected: 401 }),
    () => ({
      ...signed(text, { at, secret, type: r.pick(['', 'text/plain', 'multipart/form-data']) }),
      expected: 415,
    }),
    () => ({ ...signed(text, { at, secret, type: 'application/json' }), expected: 400 }),
    () => ({ ...signed(`${text}&${text}`, { at, secret }), expected: 400 }),
    () => ({ ...signed(`${text}&__proto__=${CANARY}&constructor=x`, { at, secret }) }),
    () => ({ ...signed(`${text}%FF`, { at, secret }) }),
    () => ({ ...signed(cut, { at, secret }) }),
    () => ({ ...signed(bytes, { at, secret }) }),
    () => ({ ...signed(Buffer.concat([bytes, Buffer.from([0xff])]), { at, secret }), expected: 400 }),
  ];
  return r.pick(ways)();
}

/** What is wrong with this answer to that; undefined when it is of the right kind. */
function wrong(
  { type, body, who, wellFormed, expected }: Shot,
  { status, headers, body: text }: Reply,
): string | undefined {
  if (body.length > LARGEST) return status === 413 ? undefined : `${status} to something too large`;
  if (expected !== undefined) return status === expected ? undefined : `${status} instead of ${expected}`;
  if (![200, 400, 404].includes(status)) return `the status ${status}`;
  if (wellFormed && status !== 200) return `${status} to something well-formed`;
  if (status !== 200 || text === '') return undefined;
  if (headers['content-type'] !== 'application/json') return `an answer as ${headers['content-type']}`;
  const answer = JSON.parse(text) as JsonObject;
  if (type === 'unclear') return undefined;
  if (type === 'view_submission') return wrongForForm(answer);
  if (type === 'block_suggestion') return wrongForSuggestion(answer, who);
  if (type === 'url_verification')
    return typeof answer['challenge'] === 'string' ? undefined : 'no challenge';
  if (type !== 'command') return `a body in answer to ${JSON.stringify(type)?.slice(0, 40)}`;
  const said = answer['text'];
  if (answer['response_type'] !== 'ephemeral' || 'response_action' in answer)
    return 'a command answered to all';
  return typeof said === 'string' && said.length > 10 ? undefined : 'nothing said';
}

function wrongForSuggestion(answer: JsonObject, { slackId }: Shot['who']): string | undefined {
  const options = answer['options'];
  if (!Array.isArray(options) || Object.keys(answer).length > 1) return 'no list of options';
  if (!isMember(slackId) && options.length > 0) return 'suggestions to somebody who may not ask';
  const values = options.map((option) => words((option as JsonObject)['value']));
  return values.every((value) => ENTITLEMENTS.includes(value)) ? undefined : `suggested ${values.join()}`;
}

function wrongForForm(answer: JsonObject): string | undefined {
  if (answer['response_action'] === 'update') return checkModal(answer['view']).join() || undefined;
  if (answer['response_action'] !== 'errors') return `the action ${words(answer['response_action'])}`;
  const errors = Object.entries(answer['errors'] as JsonObject);
  const said = errors.every(([, error]) => typeof error === 'string' && error.length > 10);
  return errors.length > 0 && said ? undefined : 'errors that say nothing';
}

test(`invariants 3, 8, 9 and 14: ${RUNS} signed payloads that nobody meant, seed ${SEED}`, async () => {
  const r = random(SEED);
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const it = await serveCompany();
  const door = it.app.door!;
  const { store } = it.app;
  const sent: Sent[] = [];
  const requests = async () => {
    const emails = PEOPLE.map((name) => `${name.toLowerCase()}@corp.example`);
    return (await Promise.all(emails.map((email) => store.byRequester(corp(email), 10_000)))).flat();
  };
  try {
    const templates = await record(it);
    sent.push(...templates.map(sentFor));
    let targets: Targets = [];
    let fresh: JsonObject = {};
    const took: number[] = [];
    let slowest = 0;
    let suggested = 0;
    for (let n = 0; n < RUNS; n++) {
      if (n % 100 === 0) {
        await it.pass(2 * MINUTE);
        const newest = (await requests()).sort((a, b) => b.state.requestedAt - a.state.requestedAt);
        const [over, live] = [true, false].map((is) =>
          newest.filter(({ state }) => is === (state.status === 'closed')),
        );
        targets = [...live!.slice(0, 9), ...over!.slice(0, 3)].map(({ id, state }) => {
          return { id, revision: state.revision, stage: openStage(state)?.name ?? 'security' };
        });
      }
      if (n % 8 === 0) fresh = await freshFrom(it, r);
      const shot = shoot(r, templates, targets, fresh, it.now());
      let reply!: Awaited<ReturnType<typeof door.answer>>;
      const answer = async () => void (reply = await door.answer(shot));
      let least = await cost(answer);
      const problem = wrong(shot, reply);
      if (problem) throw new Error(`seed ${SEED}, number ${n}: ${problem}: ${shot.text.slice(0, 2000)}`);
      // Slow is what is slow each time.
      if (least > slowest) least = Math.min(least, await leastCost(answer));
      slowest = Math.max(slowest, least);
      took.push(least);
      // From what is typed nothing follows: it explains nothing that is on record.
      if (shot.type === 'block_suggestion') suggested += reply.body.length > 20 ? 1 : 0;
      else if (reply.status === 200) sent.push({ ...shot.who, text: shot.text.slice(0, 20_000) });
      await door.stop();
    }
    await it.quiet();

    const heads = await requests();
    const kept = await Promise.all(
      heads.map(async (head): Promise<Kept> => {
        return { head, records: await store.records(head.id), grant: await store.grant(head.id) };
      }),
    );
    expect(kept.flatMap((one) => impossibilities(one, sent))).toEqual([]);
    // The aim was good enough for all of it to be tried.
    const happened = new Set(kept.flatMap(({ records }) => records.map(({ event }) => event.type)));
    for (const type of ['RequestSubmitted', 'RequestRefused', 'Voted', 'RequestApproved', 'RequestCancelled'])
      expect(happened).toContain(type);
    for (const type of ['DurationShortened', 'QuestionAsked', 'QuestionAnswered'])
      expect(happened).toContain(type);
    expect(suggested).toBeGreaterThan(0);
    const usual = took.toSorted((a, b) => a - b)[took.length >> 1]!;
    expect(slowest / usual).toBeLessThan(SLOWEST);
    expect(unhandled).toEqual([]);
    const log = it.logged.join('');
    expect(log).not.toContain(CANARY);
    expect(log).not.toMatch(/a request from Slack failed|Bolt could not handle/);
  } finally {
    process.off('unhandledRejection', note);
    await it.close();
  }
});

/** A way back and a trigger that have not been used; over HTTP, so the real server is among it. */
async function freshFrom(it: Company, r: Random): Promise<JsonObject> {
  const { delivery } = await it.slack.as(`U0${r.pick(PEOPLE)}`).command('/jit help');
  const form = new URLSearchParams(delivery!.body);
  return { trigger_id: form.get('trigger_id')!, response_url: form.get('response_url')! };
}

function sentFor({ type, body }: Template): Sent {
  const user = body['user'] as JsonObject | undefined;
  const [slackId, team] =
    type === 'command' ? [body['user_id'], body['team_id']] : [user?.['id'], user?.['team_id']];
  return { slackId: words(slackId), team: words(team), text: JSON.stringify(body) };
}
