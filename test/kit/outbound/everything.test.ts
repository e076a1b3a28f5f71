import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ListUsersCommand } from '@aws-sdk/client-iam';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { connectAws } from '../../../src/grants/aws/client.js';
import { callerArn } from '../../../src/grants/aws/inspect.js';
import { lambdaQuota } from '../../../src/grants/aws/lambda-quota.js';
import { COMMERCIAL } from '../../../src/grants/aws/documents/partitions.js';
import { consoleOf, consoleUrl } from '../../../src/grants/sts-session/signin.js';
import { outboundFetch, routesTaken, useProxies } from '../../../src/kit/outbound/index.js';
import { proxyAddress, type ProxyAddress } from '../../../src/kit/outbound/address.js';
import { createLog } from '../../../src/log.js';
import { onCallFrom } from '../../../src/people/on-call/index.js';
import { whoWeAre } from '../../../src/run/wiring/slack-identity.js';
import { engineClient } from '../../../src/slack/wire/clients.js';
import { socketMode } from '../../../src/slack/wire/socket-mode.js';
import { outOfService } from '../../../src/slack/wire/out-of-service.js';
import { dynamodbClient, streamsClient } from '../../../src/store/dynamodb/client.js';
import { secureString } from '../../../src/store/parameters.js';
import { bucketVersioning, policyObject } from '../../../src/store/policy-object.js';
import { companyNetwork, type Arrived } from '../../support/company-network.js';
import { listening } from '../../support/http.js';

const PASSWORD = 'hunter2/hunter2';
const SECRETS = [PASSWORD, encodeURIComponent(PASSWORD), basic(PASSWORD)];
const before = { ...process.env };
let network: Awaited<ReturnType<typeof companyNetwork>>;

function basic(password: string): string {
  return Buffer.from(`jit:${password}`).toString('base64');
}

function proxyOf(url: string): ProxyAddress {
  const read = proxyAddress(url.replace('://', `://jit:${encodeURIComponent(PASSWORD)}@`));
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

/** Slack, AWS and a company's lists, as far as these calls go. */
function everyHost({ host, path }: Arrived) {
  if (path === '/api/apps.connections.open')
    return { body: JSON.stringify({ ok: true, url: 'wss://wss-primary.slack.com/link' }) };
  if (host === 'slack.com')
    return { body: JSON.stringify({ ok: true, team_id: 'T1', bot_id: 'B1', user_id: 'U1' }) };
  if (host === 'signin.aws.amazon.com') return { body: JSON.stringify({ SigninToken: 'token' }) };
  if (host === 'calendar.corp.example')
    return { type: 'text/calendar', body: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' };
  if (host === 'api.pagerduty.com') return { body: JSON.stringify({ users: [] }) };
  if (host === 'list.corp.example') return { body: '["ana@corp.example"]' };
  return { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException' }) };
}

beforeEach(async () => {
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' });
  network = await companyNetwork(everyHost);
  useProxies({ https: proxyOf(network.url), http: proxyOf(network.url), except: '' });
});
afterEach(async () => {
  useProxies(undefined);
  await network.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const quiet = createLog('silent');
const slackApiUrl = 'https://slack.com/api/';

/** What each call is, and the host that the proxy must have been asked for. How it ends is another question. */
const calls: [what: string, host: string, call: () => Promise<unknown>][] = [
  [
    'Slack’s Web API',
    'slack.com:443',
    () => engineClient({ token: 'xoxb-1', slackApiUrl, log: quiet }).auth.test(),
  ],
  ['who the bot is', 'slack.com:443', () => whoWeAre({ slack: { apiUrl: slackApiUrl } }, 'xoxb-1')],
  ['an answer by response_url', 'hooks.slack.com:443', respond],
  [
    'the console sign-in',
    'signin.aws.amazon.com:443',
    () =>
      consoleUrl(consoleOf(COMMERCIAL), {
        accessKeyId: 'a',
        secretAccessKey: 's',
        sessionToken: 't',
      }),
  ],
  [
    'a calendar',
    'calendar.corp.example:443',
    () => onCall({ ical: 'https://calendar.corp.example/rota.ics' }),
  ],
  ['a list', 'list.corp.example:443', () => onCall({ http: 'https://list.corp.example/now' })],
  [
    'PagerDuty',
    'api.pagerduty.com:443',
    () => onCall({ pagerduty: { schedule: 'P1', apiUrl: 'https://api.pagerduty.com/' } }),
  ],
  [
    'STS',
    'sts.eu-west-1.amazonaws.com:443',
    () => connectAws({ accounts: () => ({}), now: () => 0 }).sts.send(new GetCallerIdentityCommand({})),
  ],
  ['STS of a command', 'sts.eu-west-1.amazonaws.com:443', callerArn],
  ['IAM', 'iam.amazonaws.com:443', listUsers],
  [
    'DynamoDB',
    'dynamodb.eu-west-1.amazonaws.com:443',
    () => dynamodbClient().send(new DescribeTableCommand({ TableName: 'jit' })),
  ],
  [
    'DynamoDB’s streams',
    'streams.dynamodb.eu-west-1.amazonaws.com:443',
    () => streamsClient().send(new ListStreamsCommand({})),
  ],
  ['the Parameter Store', 'ssm.eu-west-1.amazonaws.com:443', () => secureString('/jit/token')],
  ['Lambda', 'lambda.eu-west-1.amazonaws.com:443', lambdaQuota],
  [
    'policies in S3',
    'corp-jit.s3.eu-west-1.amazonaws.com:443',
    () => policyObject({ bucket: 'corp-jit', key: 'bundle.json' }, { limit: 5_000 }).read(),
  ],
  ['the versions of a bucket', 'corp-jit.s3.eu-west-1.amazonaws.com:443', () => bucketVersioning('corp-jit')],
];

function onCall(source: Parameters<ReturnType<typeof onCallFrom>>[0]): Promise<unknown> {
  const ask = onCallFrom({ now: () => Date.UTC(2026, 10, 20), pagerDutyToken: async () => 'key' });
  return ask(source, { email: 'ana@corp.example', at: Date.UTC(2026, 10, 20), timezone: 'UTC' });
}

async function listUsers(): Promise<unknown> {
  const aws = connectAws({ accounts: () => undefined, now: () => 0 });
  // Which account its own credentials are of, IAM need not say.
  aws.sts.send = async () => ({ Account: '111122223333' });
  const iam = await aws.iam('111122223333', new AbortController().signal);
  return iam.send(new ListUsersCommand({}));
}

async function respond(): Promise<unknown> {
  const said: string[] = [];
  let process: ((event: object) => Promise<void>) | undefined;
  const receiver = {
    init: (app: { processEvent: (event: never) => Promise<void> }) =>
      void (process = app.processEvent.bind(app) as (event: object) => Promise<void>),
    start: async () => undefined,
    stop: async () => undefined,
  };
  outOfService({ receiver, slackApiUrl, log: quiet });
  await process?.({
    body: {
      type: 'block_actions',
      response_url: 'https://hooks.slack.com/actions/T1/1/x',
      actions: [{ type: 'button', action_id: 'approve' }],
      user: { id: 'U1', team_id: 'T1' },
      team: { id: 'T1' },
    },
    ack: async () => void said.push('acknowledged'),
  });
  return said;
}

describe('what leaves the process', () => {
  test.each(calls)('%s goes through the proxy, and TLS goes to %s itself', async (_, host, call) => {
    await call().catch(() => undefined);
    expect(network.hosts()).toEqual([host]);
    expect(network.asked[0]?.authorization).toBe(`Basic ${basic(PASSWORD)}`);
    expect(network.arrived.map((one) => one.host)).toContain(host.replace(/:443$/, ''));
    expect(network.plain).toEqual([]);
  });

  test('Socket Mode goes through the proxy: the call that asks for a socket, and the socket', async () => {
    const receiver = await socketMode({ appToken: 'xapp-1', slackApiUrl, log: quiet });
    await receiver.start();
    await receiver.stop();
    expect(network.hosts()).toEqual(['slack.com:443', 'wss-primary.slack.com:443']);
    expect(network.arrived.map(({ path }) => path)).toEqual(['/api/apps.connections.open', '/link']);
  });

  test('what the SDK itself asks for credentials goes through the proxy: STS, for a web identity', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jit-'));
    await writeFile(join(folder, 'token'), 'a.b.c');
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    Object.assign(process.env, {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/jit',
    });
    await dynamodbClient()
      .send(new DescribeTableCommand({ TableName: 'jit' }))
      .catch(() => undefined);
    await rm(folder, { recursive: true });
    expect(network.hosts()).toEqual(['sts.eu-west-1.amazonaws.com:443']);
    expect(network.arrived[0]?.body).toContain('Action=AssumeRoleWithWebIdentity');
  });

  test('this machine is never asked through the proxy: endpoints, and where credentials come from', async () => {
    const heard: string[] = [];
    const here = await listening((request, _, response) => {
      heard.push(request.url ?? '');
      response.end(
        JSON.stringify({
          AccessKeyId: 'a',
          SecretAccessKey: 's',
          Token: 't',
          Expiration: '2100-01-01T00:00:00Z',
        }),
      );
    });
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: here.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${here.url}/credentials`,
    });
    await dynamodbClient().send(new DescribeTableCommand({ TableName: 'jit' }));
    await outboundFetch(`${here.url}/healthz`);
    await here.close();
    expect(heard).toEqual(['/credentials', '/', '/healthz']);
    expect(network.asked).toEqual([]);
    expect(routesTaken()).toEqual([{ host: '127.0.0.1', proxy: undefined }]);
  });

  test('invariant 9: the proxy’s password stands in no line of the log and in no error, whatever the proxy says', async () => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line: string) => void lines.push(line) });
    const settings = { https: proxyOf(network.url), except: '' };
    log.info({ config: { proxies: settings }, settings }, 'a dump');
    network.refusal.with = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    for (const [what, , call] of calls)
      await call().then(
        (said) => log.info({ said }, what),
        (error: unknown) => log.error({ err: error }, what),
      );
    await engineClient({ token: 'xoxb-1', slackApiUrl, log })
      .auth.test()
      .catch((error: unknown) => log.error({ err: error }, 'Slack'));
    const dumps = [JSON.stringify(settings), JSON.stringify(routesTaken())];
    expect(network.asked.length).toBeGreaterThan(calls.length / 2);
    expect(lines.length).toBeGreaterThan(calls.length);
    expect(lines.join()).toContain('407');
    for (const secret of SECRETS) expect([...lines, ...dumps].join()).not.toContain(secret);
  });
});

test('nothing in src leaves the process but by kit/outbound', () => {
  const src = resolve(__dirname, '../../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(?:sandbox|kit\/outbound)\//.test(file))
    .map((file) => ({ file, text: readFileSync(join(src, file), 'utf8') }));
  const clients = files.filter(({ text }) => /new (?!WebClient|HeardClient)\w+Client\((?!\{\}\))/.test(text));
  expect(clients.map(({ file }) => file).toSorted()).toEqual(
    clients
      .filter(({ text }) => /\.\.\.awsAgents\(\)|requestHandler: patience\(\)/.test(text))
      .map(({ file }) => file)
      .toSorted(),
  );
  expect(clients.length).toBeGreaterThan(5);
  const fetching = files.filter(({ text }) => /(?:await|return|=>) fetch\((?!\))/.test(text));
  expect(fetching.map(({ file }) => file)).toEqual([]);
  const slack = files.filter(({ text }) => /new (?:WebClient|SocketModeReceiver)\(/.test(text));
  expect(slack.filter(({ text }) => !text.includes('fetch: outboundFetch'))).toEqual([]);
  expect(slack.length).toBeGreaterThan(2);
});
