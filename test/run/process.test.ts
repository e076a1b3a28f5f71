/** @project outside */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builtProgram } from '../support/built.js';
import { buttonsOf, cardWith, company, folder, POLICIES, SIGNING_SECRET } from '../support/company.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';

const ROOT = resolve(__dirname, '../..');
const now = () => Date.now();

let program: string;
beforeAll(() => {
  program = builtProgram();
});

interface Run {
  process: ChildProcess;
  output: () => string;
  exit: Promise<number | null>;
}
const running: ChildProcess[] = [];
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const close of closing.splice(0)) await close();
});

test('the server is built without the sandbox', () => {
  expect(existsSync(join(program, 'run'))).toBe(true);
  expect(existsSync(join(program, 'sandbox'))).toBe(false);
});

/** `npm start` without npm: the built program as a process of its own. */
function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, [join(program, 'entry/server.js')], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { process: child, output: () => text, exit: new Promise((end) => child.once('exit', end)) };
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = await look();
    if (found) return found;
    await pause(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

const healthy = (run: Run, port: number) =>
  until('health', async () => {
    if (run.process.exitCode !== null) throw new Error(`it ended: ${run.output()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as Record<string, unknown>) : undefined;
  });

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function environment(port: number, by: 'http' | 'socket' = 'http') {
  const firm = await company({ now });
  const env: Record<string, string> = {
    ...firm.awsEnvironment,
    SLACK_BOT_TOKEN: firm.slack.botToken,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: firm.slack.apiUrl,
    JIT_SIGNIN_URL: firm.cloud.signinUrl,
    JIT_POLICY_DIR: POLICIES,
    JIT_SWEEP_SECONDS: '1',
    PORT: String(port),
  };
  if (by === 'http') firm.slack.connect(`http://127.0.0.1:${port}/slack/events`);
  closing.push(firm.close);
  return { ...firm, env };
}

describe('a process that cannot start says why, and ends with 1', () => {
  test('missing variables, all of them', async () => {
    const it = run({ PORT: 'x' });
    expect(await it.exit).toBe(1);
    expect(it.output()).toMatch(
      /jit cannot start:\n {2}PORT is not a number\n {2}SLACK_BOT_TOKEN is missing/,
    );
    expect(it.output()).toMatch(/SLACK_SIGNING_SECRET is missing/);
  });

  test('a policy folder that does not load: every error, by file and line', async () => {
    const broken = folder();
    cpSync(POLICIES, broken, { recursive: true });
    writeFileSync(join(broken, 'extra.cedar'), 'permit (principal, action, resource);\n');
    writeFileSync(join(broken, 'directory.yml'), 'channel: C0ACCESS\nstages:\n  auto: { manager: true }\n');
    const { env } = await environment(0);
    const it = run({ ...env, JIT_STORE: 'memory', JIT_POLICY_DIR: broken });
    expect(await it.exit).toBe(1);
    expect(it.output()).toMatch(/extra\.cedar:1: .*@id/);
    expect(it.output()).toMatch(/directory\.yml:3: .*auto/);
  });

  test('a port that is taken', async () => {
    const taken = createServer();
    closing.push(async () => void taken.close());
    const port = await new Promise<number>((listening) =>
      taken.listen(0, () => listening((taken.address() as { port: number }).port)),
    );
    const { env } = await environment(port);
    const it = run({ ...env, JIT_STORE: 'memory' });
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain(`port ${port} is taken`);
  });

  test('a token that Slack does not accept, without repeating it', async () => {
    const { env } = await environment(0);
    const it = run({ ...env, JIT_STORE: 'memory', SLACK_BOT_TOKEN: 'xoxb-of-somebody-else' });
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain('Slack does not accept SLACK_BOT_TOKEN');
    expect(it.output()).not.toContain('xoxb-of-somebody-else');
  });
});

test('a socket that Slack refuses to open, or that cannot be reached, is named', async () => {
  const { env, slack } = await environment(0);
  slack.misbehave('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, Infinity);
  const it = run({ ...env, JIT_STORE: 'memory', SLACK_APP_TOKEN: slack.appToken });
  expect(await it.exit).toBe(1);
  expect(it.output()).toContain(
    'jit cannot start:\n  Slack does not accept SLACK_APP_TOKEN (apps.connections.open): invalid_auth\n',
  );
  expect(it.output()).not.toContain(slack.appToken);
  const nobody = `http://127.0.0.1:${await freePort()}/api/`;
  const nowhere = { SLACK_API_URL: nobody, SLACK_APP_TOKEN: slack.appToken };
  const other = run({ ...env, ...nowhere, JIT_STORE: 'memory' });
  expect(await other.exit).toBe(1);
  expect(other.output()).toContain('Slack cannot be reached (auth.test): ECONNREFUSED');
  expect(other.output()).not.toContain('SLACK_BOT_TOKEN');
});

describeWithDynamoDb('a process without its table', (local) => {
  test.each([
    ['no region', {}, 'AWS_REGION is missing'],
    [
      'no such table',
      { AWS_REGION: 'eu-west-1' },
      'the table "jit" does not exist; set JIT_CREATE_TABLE=true',
    ],
  ])('%s', async (_, given, said) => {
    const { env } = await environment(0);
    const { AWS_REGION: _region, ...others } = env;
    const endpoint = local().endpoint;
    const it = run({
      ...others,
      ...given,
      HOME: folder(),
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
    });
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain(said);
  });
});

describeWithDynamoDb('a process that ends access', (local) => {
  async function inTable(port: number, by: 'http' | 'socket' = 'http') {
    const it = await environment(port, by);
    Object.assign(it.env, {
      JIT_TABLE: `ends-${port}`,
      JIT_CREATE_TABLE: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: local().endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local().endpoint,
    });
    return it;
  }
  const denied = (calls: { action: string; error?: string }[]) =>
    calls.some(({ action, error }) => action === 'PutRolePolicy' && error === undefined) || undefined;

  async function openSession({ slack, cloud }: Awaited<ReturnType<typeof inTable>>): Promise<void> {
    const ana = slack.as('U0ANA');
    await ana.command('/jit');
    const modal = await until('the modal', () => slack.views('U0ANA')[0]);
    await ana.submit(modal, {
      entitlement: 'sandbox-power-user',
      duration: '1h',
      justification: 'looking for the orders that got lost',
    });
    const active = await until('the active message', () =>
      slack.dms('U0ANA').find((one) => buttonsOf(one).some(({ actionId }) => actionId === 'credentials')),
    );
    await ana.click(active, 'credentials');
    await until('the session', () =>
      cloud.calls.find(({ action, caller }) => action === 'AssumeRole' && caller?.endsWith('user/jit')),
    );
  }

  test('invariant 2: starts with a revoked token, ends what was handed back, and answers people when Slack takes the token again', async () => {
    const port = await freePort();
    const it = await inTable(port);
    const { slack, cloud, env } = it;
    const first = run(env);
    await healthy(first, port);
    await openSession(it);
    cloud.fault('PutRolePolicy', { fail: 'ServiceFailure', status: 500 }, 1_000);
    await slack.as('U0ANA').click(cardWith(slack.dms('U0ANA'), 'revoke'), 'revoke');
    await until('a try', () => first.output().includes('"effect":"revoke"') || undefined);
    first.process.kill('SIGKILL');
    await first.exit;

    cloud.clearFaults();
    slack.misbehave('*', { kind: 'error', error: 'token_revoked' }, Infinity);
    const second = run(env);
    expect(await healthy(second, port)).toMatchObject({
      ailing: [{ what: 'slack', code: 'refused' }],
    });
    await until('the Deny', () => denied(cloud.calls));
    expect(second.output()).toContain('Slack does not accept SLACK_BOT_TOKEN (auth.test): token_revoked');
    expect((await slack.as('U0ANA').command('/jit list')).body).toContain('jit is out of service');
    slack.behave();
    await until('an answer', async () =>
      (await slack.as('U0ANA').command('/jit list')).body.includes('out of service') ? undefined : true,
    );
    second.process.kill('SIGTERM');
    expect(await second.exit).toBe(0);
  });

  test('invariant 2: goes on when Slack refuses to open the socket again', async () => {
    const port = await freePort();
    const it = await inTable(port, 'socket');
    const { slack, cloud, env } = it;
    const bot = run({ ...env, SLACK_APP_TOKEN: slack.appToken });
    await healthy(bot, port);
    await slack.socketOpened();
    await openSession(it);
    slack.misbehave('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, Infinity);
    await slack.as('U0ANA').click(cardWith(slack.dms('U0ANA'), 'revoke'), 'revoke');
    slack.dropSockets();
    const refused = () =>
      slack.calls('apps.connections.open').filter(({ answer }) => answer?.['ok'] === false).length;
    await until('two refusals', () => refused() >= 2 || undefined);
    await until('the Deny', () => denied(cloud.calls));
    expect(bot.process.exitCode).toBeNull();
    slack.behave();
    await slack.socketOpened();
    expect((await slack.as('U0ANA').command('/jit list')).status).toBe(200);
    bot.process.kill('SIGTERM');
    expect(await bot.exit).toBe(0);
  });
});

describeWithDynamoDb('a process that is killed', (local) => {
  test('goes on where it was: nothing is lost, nothing is done twice', async () => {
    const port = await freePort();
    const { env, slack, cloud } = await environment(port);
    Object.assign(env, {
      JIT_CREATE_TABLE: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: local().endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local().endpoint,
    });
    const first = run(env);
    await healthy(first, port);

    const ana = slack.as('U0ANA');
    await ana.command('/jit');
    const modal = slack.views('U0ANA')[0]!;
    await ana.submit(modal, {
      entitlement: 'staging-deployer',
      duration: '1h',
      justification: 'deploying the new orders service',
    });
    const card = await until('the card', () => slack.dms('U0BOB').find((one) => buttonsOf(one).length > 0));
    first.process.kill('SIGKILL');
    await first.exit;

    const second = run(env);
    await healthy(second, port);
    await slack.as('U0BOB').click(card, 'approve');
    const active = await until('the active message', () => {
      const dms = slack.dms('U0ANA');
      return dms.some((one) => buttonsOf(one).some(({ actionId }) => actionId === 'credentials'))
        ? cardWith(dms, 'credentials')
        : undefined;
    });
    await ana.click(active, 'credentials');
    await until('the credentials', () =>
      JSON.stringify(slack.views('U0ANA')).includes('AWS_SESSION_TOKEN') ? true : undefined,
    );
    expect(slack.dms('U0BOB')).toHaveLength(1);
    expect(
      cloud.calls.filter(({ action, caller }) => action === 'AssumeRole' && caller?.includes('jit')),
    ).toHaveLength(1);

    second.process.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    expect(second.output()).toContain('jit has stopped');
  });
});
