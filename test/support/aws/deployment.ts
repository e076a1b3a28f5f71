import { InvokeCommand } from '@aws-sdk/client-lambda';
import { setTimeout as pause } from 'node:timers/promises';
import { buttonsOf, startSlack, textOf, type SlackDouble } from '../../../src/sandbox/slack/index.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { folder } from '../company.js';
import { listening } from '../http.js';
import { httpEvent } from '../lambda/events.js';
import type { Result } from '../lambda/world.js';
import { slackAccount } from '../accounts.js';
import { clientsFor, rootOf } from './clients.js';
import { typed } from './handbook.js';
import { LOCALEMU, OWN, REGION, startEmulator } from './emulator.js';

const TEAM = 'T0123456789';
export const SIGNING_SECRET = 'signing-secret-of-the-deployment';

/** A workspace, an empty AWS with two accounts, and a sign-in endpoint; nothing is deployed yet. */
export async function emptyAccounts() {
  const slack = await startSlack({
    now: Date.now,
    // How fast the bot is, is measured elsewhere: here the machine is busy and each function is a new process.
    stopwatch: () => 0,
    answerWithin: 120_000,
    signingSecret: SIGNING_SECRET,
    team: { id: TEAM, domain: 'corp' },
    users: ['ana', 'bob', 'sam'].map((name) => ({
      id: `U0${name.toUpperCase()}`,
      name,
      email: `${name}@corp.example`,
    })),
    channels: [
      { id: 'C0ACCESS', name: 'access' },
      { id: 'C0SECURITY', name: 'security' },
    ],
  });
  const signin = await listening((_, __, response) => response.end('{"SigninToken":"token"}'));
  const emulator = await startEmulator({
    SLACK_API_URL: slack.apiUrl,
    JIT_SIGNIN_URL: `${signin.url}/federation`,
  }).catch(async (error: unknown) => {
    await signin.close();
    await slack.stop();
    throw error;
  });
  const root = clientsFor(emulator.endpoint, rootOf(OWN));
  const gateway = await listening((request, body, response) => {
    const event = httpEvent(body, request.headers);
    (invoke('slack', event) as Promise<Result>).then(
      (answer) => response.writeHead(answer.statusCode, answer.headers).end(answer.body),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  slack.connect(`${gateway.url}/slack/events`);
  const env: Record<string, string> = {
    PATH: `${LOCALEMU}/bin:${process.env['PATH']}`,
    HOME: folder(),
    CI: 'true',
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: OWN,
    AWS_SECRET_ACCESS_KEY: 'root',
    // A busy machine is waited for.
    AWS_RETRY_MODE: 'standard',
    AWS_MAX_ATTEMPTS: '20',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };

  /** Calls one of the functions, as Lambda's own API does. */
  async function invoke(name: string, event: unknown): Promise<unknown> {
    const { Payload, FunctionError } = await root.lambda.send(
      new InvokeCommand({ FunctionName: `jit-prod-${name}`, Payload: JSON.stringify(event) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError) throw new Error(`${name}: ${text}`);
    return JSON.parse(text);
  }

  return {
    slack,
    emulator,
    root,
    invoke,
    /** For commands that somebody types who may deploy. */
    env,
    /** The same, after the handbook's first commands in this shell. */
    exported: { ...env, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION, SLACK_TEAM_ID: TEAM } as typeof env,
    store: dynamodbStore({ client: root.dynamodb, table: 'jit-prod', now: Date.now }),
    async close() {
      await emulator.stop();
      await gateway.close();
      await signin.close();
      await slack.stop();
    },
  };
}
export type Accounts = Awaited<ReturnType<typeof emptyAccounts>>;

export const ana = { email: 'ana@corp.example', account: slackAccount('U0ANA', TEAM) };

/** Looks again and again until there is something. The limit ends what hangs, and judges nothing. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const limit = Date.now() + 240_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > limit) throw new Error(`in vain: ${what}`);
    await pause(1_000);
  }
}

/** Asks through the modal. @returns the request's id, as soon as it is on record */
export async function ask(it: Accounts, entitlement: string, duration = '1h'): Promise<string> {
  const before = new Set((await it.store.byRequester(ana, 100)).map(({ id }) => id));
  const person = it.slack.as('U0ANA');
  const old = new Set(it.slack.views('U0ANA').map(({ id }) => id));
  // A function that is new on a busy machine may give up on Slack, and says so: people type it again.
  const modal = await eventually(`a form to ask for ${entitlement}`, async () => {
    await person.command('/jit');
    return it.slack.views('U0ANA').find(({ id }) => !old.has(id));
  });
  await person.choose(modal, 'entitlement', entitlement);
  const form = it.slack.views('U0ANA').at(-1)!;
  const said = await person.submit(form.id, {
    entitlement,
    duration,
    justification: 'trying the deployment',
  });
  const heads = await it.store.byRequester(ana, 100);
  const made = heads.find(({ id }) => !before.has(id));
  if (!made)
    throw new Error(`nothing on record: ${JSON.stringify([said, it.slack.views('U0ANA').map(textOf)])}`);
  return made.id;
}

/** Waits until the request is in this state. @returns it */
export function become(it: Accounts, id: string, ...wanted: string[]) {
  return eventually(`${id} becomes ${wanted.join(' or ')}`, async () => {
    const { state } = (await it.store.head(id))!;
    if (wanted.includes(state.status)) return state;
    if (state.status === 'closed') throw new Error(`${id} is closed: ${JSON.stringify(state)}`);
    return undefined;
  });
}

/** Presses the button of this request, once it is there. */
export async function press(
  it: Accounts,
  { who, where, action, id }: { who: string; where: string; action: string; id: string },
): Promise<void> {
  const card = await eventually(`a button ${action} for ${id}`, () =>
    messagesOf(it.slack, where).findLast((message) =>
      buttonsOf(message).some((button) => button.actionId === action && button.value.includes(id)),
    ),
  );
  await it.slack.as(who).click(card, action);
}

function messagesOf(slack: SlackDouble, where: string) {
  return where.startsWith('U') ? slack.dms(where) : slack.messages(where);
}

/** Opens a session by the button. @returns its keys, out of the window */
export async function session(it: Accounts, id: string) {
  await press(it, { who: 'U0ANA', where: 'U0ANA', action: 'credentials', id });
  const text = await eventually('credentials in the window', () => {
    const shown = it.slack.views('U0ANA').map((modal) => textOf(modal));
    return shown.find((one) => /AWS_SESSION_TOKEN/.test(one));
  });
  const read = (name: string): string => new RegExp(`${name}='?([^'\\s]+)`).exec(text)?.[1] ?? '';
  return {
    accessKeyId: read('AWS_ACCESS_KEY_ID'),
    secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
    sessionToken: read('AWS_SESSION_TOKEN'),
    window: text,
  };
}

/** Nothing sweeps each minute any more: LocalEmu goes by the targets of a rule, not by its state. @returns how to go on */
export async function withoutSchedule(it: Accounts): Promise<() => Promise<unknown>> {
  const aws = (command: string) => typed(`aws events ${command}`, { env: it.exported });
  const { Rules } = JSON.parse(await aws('list-rules --name-prefix jit-prod-')) as {
    Rules: { Name: string }[];
  };
  const rule = `--rule ${Rules[0]!.Name}`;
  const { Targets } = JSON.parse(await aws(`list-targets-by-rule ${rule}`)) as { Targets: { Id: string }[] };
  await aws(`remove-targets ${rule} --ids ${Targets.map(({ Id }) => Id).join(' ')}`);
  return () => aws(`put-targets ${rule} --targets '${JSON.stringify(Targets)}'`);
}
