import dns from 'node:dns';
import { GetRolePolicyCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { toFault } from '../../../src/grants/aws/faults.js';
import { awsAgents, outboundFetch, routesTaken, useProxies } from '../../../src/kit/outbound/index.js';
import { whoWeAre } from '../../../src/run/wiring/slack-identity.js';
import { policyObject } from '../../../src/store/policy-object.js';
import { companyNetwork } from '../../support/company-network.js';

const OPTIONS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  maxAttempts: 1,
};
const NONE = '<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>';
const USERS = '<ListUsersResponse><ListUsersResult><Users/></ListUsersResult></ListUsersResponse>';
const before = { ...process.env };
let network: Awaited<ReturnType<typeof companyNetwork>>;

beforeEach(async () => {
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' });
  network = await companyNetwork(() => ({ type: 'text/xml', body: USERS }));
  through({});
});
afterEach(async () => {
  useProxies(undefined);
  jest.restoreAllMocks();
  await network.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

function through({ except = '', url = network.url }: { except?: string; url?: string }): void {
  useProxies({ https: { url }, http: { url }, except });
}
const iam = (endpoint?: string) =>
  new IAMClient({ ...OPTIONS, requestHandler: awsAgents(), ...(endpoint !== undefined && { endpoint }) });
/** Has every name lead to this machine. */
function nameService(): void {
  type Found = (error: null, found: string | { address: string; family: number }[], family?: number) => void;
  const lookup = (_: string, { all }: dns.LookupOptions, found: Found) =>
    all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as never);
}

const policy = new GetRolePolicyCommand({ RoleName: 'r', PolicyName: 'jit-1' });

/** Says in plain HTTP, in the place of opening a tunnel, what only AWS may say. */
const says = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

describe('what the proxy says is never taken for an answer of the destination', () => {
  test.each(['404 Not Found', '400 Bad Request', '200 OK', '201 Created', '301 Moved', '503 Unavailable'])(
    'invariant 15: a proxy that says "no such policy" with %s does not make access look ended',
    async (status) => {
      network.refusal.with = says(status, NONE);
      const error = await iam()
        .send(policy)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(toFault(error, 'iam:GetRolePolicy')).toMatchObject({ permanent: false });
      expect(toFault(error, 'iam:GetRolePolicy').code).not.toBe('NoSuchEntity');
      // What an opened tunnel then carries is no TLS.
      const name = status.startsWith('2') ? 'Error' : `ProxyAnswered${status.slice(0, 3)}`;
      expect((error as Error).name).toBe(name);
    },
  );

  test.each(['403 Forbidden', '404 Not Found', '304 Not Modified'])(
    'with %s from the proxy, the policies in S3 are out of reach: neither refused nor unchanged',
    async (status) => {
      network.refusal.with = says(status, '');
      const looked = policyObject({ bucket: 'corp-jit', key: 'bundle.json' }, { limit: 5_000 }).read();
      await expect(looked).rejects.toThrow(/^S3 cannot be read \(ProxyAnswered/);
    },
  );

  test.each(['404 Not Found', '200 OK', '407 Proxy Authentication Required'])(
    'fetch fails where the proxy says %s, and a start names it',
    async (status) => {
      network.refusal.with = says(status, '["eve@corp.example"]');
      await expect(outboundFetch('https://list.corp.example/now')).rejects.toThrow('fetch failed');
      const slack = { apiUrl: 'https://slack.com/api/' };
      const started = whoWeAre({ slack }, 'xoxb-1', { timeout: 5_000, retries: 0 });
      const named = status.startsWith('2') ? '' : `ProxyAnswered${status.slice(0, 3)}`;
      await expect(started).rejects.toThrow(`Slack cannot be reached (auth.test): ${named}`);
    },
  );

  test('a proxy that hangs up, or is not there, is an error of that call alone', async () => {
    network.refusal.with = '';
    await expect(iam().send(policy)).rejects.toThrow('socket hang up');
    await expect(outboundFetch('https://list.corp.example/now')).rejects.toThrow('fetch failed');
    through({ url: 'http://127.0.0.1:1' });
    await expect(iam().send(policy)).rejects.toThrow('ECONNREFUSED');
    await expect(outboundFetch('https://list.corp.example/now')).rejects.toThrow('fetch failed');
  });
});

describe('the way', () => {
  test('many calls at once all go by TLS, and the next ones by the tunnels that are open', async () => {
    const client = iam();
    const calls = () => Array.from({ length: 60 }, () => client.send(new ListUsersCommand({})));
    expect(await Promise.all(calls())).toHaveLength(60);
    const tunnels = network.asked.length;
    for (let n = 0; n < 3; n++) await client.send(new ListUsersCommand({}));
    expect(network.arrived).toHaveLength(63);
    expect(network.asked).toHaveLength(tunnels);
    expect(network.plain).toEqual([]);
    client.destroy();
  });

  test('a proxy that is itself reached by TLS, under its own name', async () => {
    const secure = await companyNetwork(() => ({ type: 'text/xml', body: USERS }), { secure: true });
    nameService();
    for (const url of [`https://proxy.corp.example:${secure.proxyPort}`, secure.url]) {
      through({ url });
      await iam().send(new ListUsersCommand({}));
      expect((await outboundFetch('https://list.corp.example/now')).status).toBe(200);
    }
    expect(secure.hosts()).toEqual(['iam.amazonaws.com:443', 'list.corp.example:443']);
    expect(secure.arrived).toHaveLength(4);
    expect(secure.named).toEqual(['proxy.corp.example', 'proxy.corp.example', 'none', 'none']);
    await secure.close();
  });

  test('a host of NO_PROXY is reached without, by AWS’s clients and by fetch', async () => {
    jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_: string, { all }: dns.LookupOptions, found: Function) =>
        all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4)) as never);
    through({ except: '.corp.example' });
    await iam(`https://iam.corp.example:${network.port}`).send(new ListUsersCommand({}));
    expect((await outboundFetch(`https://list.corp.example:${network.port}/now`)).status).toBe(200);
    expect(network.arrived).toHaveLength(2);
    expect(network.asked).toEqual([]);
    expect(routesTaken()).toEqual([
      { host: 'iam.corp.example', proxy: undefined },
      { host: 'list.corp.example', proxy: undefined },
    ]);
  });

  test('an address of IPv6 is written as the proxy reads it', async () => {
    await iam('https://[2001:db8::1]:8443')
      .send(policy)
      .catch(() => undefined);
    await outboundFetch('https://[2001:db8::1]:8443/').catch(() => undefined);
    expect(network.hosts()).toEqual(['[2001:db8::1]:8443']);
    expect(network.asked).toHaveLength(2);
  });

  test('http:// goes by HTTP_PROXY, in a tunnel as well, and https:// by HTTPS_PROXY', async () => {
    useProxies({ http: { url: network.url }, except: '' });
    await iam('http://aws.corp.example')
      .send(policy)
      .catch(() => undefined);
    expect(network.hosts()).toEqual(['aws.corp.example:80']);
    expect(network.plain).toEqual([]);
    expect(routesTaken()).toEqual([{ host: 'aws.corp.example', proxy: network.url }]);
  });

  test('a redirect to this machine does not go through the proxy', async () => {
    network.answers((asked) => ({ status: 302, body: '', location: `http://127.0.0.1:1/${asked.host}` }));
    await expect(outboundFetch('https://list.corp.example/now')).rejects.toThrow('fetch failed');
    expect(network.hosts()).toEqual(['list.corp.example:443']);
  });

  test('without a proxy, clients get nothing, and fetch is Node’s own', async () => {
    useProxies(undefined);
    const own = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('own'));
    expect(awsAgents()).toEqual({});
    expect(await (await outboundFetch('https://slack.com/')).text()).toBe('own');
    expect(own).toHaveBeenCalledTimes(1);
    expect(routesTaken()).toEqual([]);
  });
});
