import { InvokeCommand } from '@aws-sdk/client-lambda';
import { startSlack } from '../../../src/sandbox/slack/index.js';
import { dynamodbStore } from '../../../src/store/dynamodb/store.js';
import { folder } from '../company.js';
import { listening } from '../http.js';
import { httpEvent } from '../lambda/events.js';
import type { Result } from '../lambda/world.js';
import { clientsFor, rootOf } from './clients.js';
import { typed } from './handbook.js';
import { LOCALEMU, OWN, REGION, startEmulator } from './emulator.js';

export const TEAM = 'T0123456789';
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
    // osls looks at a stack this often, in milliseconds; by itself every five seconds.
    SLS_AWS_MONITORING_FREQUENCY: '1000',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };

  const invoked: string[] = [];

  /** Calls one of the functions, as Lambda's own API does. */
  async function invoke(name: string, event: unknown): Promise<unknown> {
    invoked.push(name);
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
    /** The functions that were called so, one entry a call: all others were woken by AWS. */
    invoked,
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
