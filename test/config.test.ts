import { inspect } from 'node:util';
import { readPolicyDir, readProxies, readConfig, readLambdaConfig, readTableConfig } from '../src/config.js';

const least = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's3cret' };
const loopback = {
  AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:4566',
  AWS_ENDPOINT_URL_STS: 'http://localhost:4566',
};

function problems(env: NodeJS.ProcessEnv): string[] {
  const config = readConfig(env);
  return 'problems' in config ? config.problems : [];
}

test('policies lie where JIT_POLICY_DIR says, else in policies/', () => {
  expect(readPolicyDir({ JIT_POLICY_DIR: '/etc/jit' })).toBe('/etc/jit');
  expect(readPolicyDir({ JIT_POLICY_DIR: '' })).toBe('policies');
});

describe('the environment', () => {
  test('an empty one names everything that is missing at once', () => {
    expect(problems({})).toEqual([
      'SLACK_BOT_TOKEN is missing (or SLACK_BOT_TOKEN_PARAMETER, the name of an SSM SecureString that holds it)',
      'SLACK_SIGNING_SECRET is missing (or SLACK_SIGNING_SECRET_PARAMETER, the name of an SSM SecureString that holds it)',
    ]);
  });

  test.each([
    ['SLACK_BOT_TOKEN', 'xapp-1', 'SLACK_BOT_TOKEN is not a bot token: expected xoxb-…'],
    ['SLACK_APP_TOKEN', 'xoxb-1', 'SLACK_APP_TOKEN is not an app-level token: expected xapp-…'],
    ['SLACK_TEAM_ID', 'acme', 'SLACK_TEAM_ID is not a workspace id: expected T…'],
    ['SLACK_API_URL', 'slack.com', 'SLACK_API_URL is not an http(s) URL'],
    ['PORT', 'http', 'PORT is not a number'],
    ['PORT', '70000', 'PORT is more than 65535'],
    ['JIT_TABLE', 'a b', 'JIT_TABLE is not a name that DynamoDB takes'],
    ['JIT_CREATE_TABLE', 'yes', 'JIT_CREATE_TABLE is neither true nor false'],
    ['JIT_STORE', 'redis', 'JIT_STORE is neither dynamodb nor memory'],
    ['JIT_POLICY_S3', 'corp-jit/bundle.json', 'JIT_POLICY_S3 is not an S3 object: expected s3://bucket/key'],
    ['JIT_POLICY_S3', 's3://corp-jit', 'JIT_POLICY_S3 is not an S3 object: expected s3://bucket/key'],
    ['JIT_POLICY_S3', 's3://corp-jit/live/', 'JIT_POLICY_S3 is not an S3 object: expected s3://bucket/key'],
    ['JIT_POLICY_S3', 's3://Corp_Jit/a', 'JIT_POLICY_S3 is not an S3 object: expected s3://bucket/key'],
    ['JIT_SWEEP_SECONDS', '0', 'JIT_SWEEP_SECONDS is less than 1'],
    ['JIT_SWEEP_SECONDS', '1.5', 'JIT_SWEEP_SECONDS is not a whole number from 1 to 3600'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is none of fatal, error, warn, info, debug, trace, silent'],
  ])('%s=%s is refused by name', (name, value, problem) => {
    expect(problems({ ...least, [name]: value })).toEqual([problem]);
  });

  test.each([
    ['SLACK_API_URL', 'http://slack.com/api/'],
    ['SLACK_API_URL', 'http://127.0.0.1.example.com/api/'],
    ['SLACK_API_URL', 'http://localhost.example.com/api/'],
    ['SLACK_API_URL', 'http://localhost@example.com/api/'],
    ['JIT_SIGNIN_URL', 'http://signin.aws.amazon.com/federation'],
    ['JIT_SIGNIN_URL', 'http://10.0.0.1/federation'],
  ])('invariant 9: %s=%s is refused: what is sent there would travel in the clear', (name, value) => {
    const problem = `${name} is not https, and jit sends a secret there: expected https://…, or http://127.0.0.1:… on this machine`;
    expect(problems({ ...least, [name]: value })).toEqual([problem]);
    const lambda = { SLACK_BOT_TOKEN_PARAMETER: '/jit/token', SLACK_TEAM_ID: 'T0CORP', [name]: value };
    expect(readLambdaConfig('engine', { here: '/var/task', env: lambda })).toEqual({ problems: [problem] });
  });

  test.each([
    'https://slack-gov.com/api/',
    'http://127.0.0.1:1/api/',
    'http://[::1]:1/',
    'HTTPS://slack.com/api/',
  ])('a secret may be sent to %s', (value) => {
    expect(problems({ ...least, SLACK_API_URL: value, JIT_SIGNIN_URL: value })).toEqual([]);
  });

  test('invariant 9: a problem never repeats the value of a secret', () => {
    const secret = 'hunter2-hunter2';
    const said = problems({ SLACK_BOT_TOKEN: secret, SLACK_SIGNING_SECRET: 's', SLACK_APP_TOKEN: secret });
    expect(said).toHaveLength(2);
    expect(said.join()).not.toContain(secret);
  });

  test.each([
    ['no endpoint', {}],
    ['only one of them', { AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1' }],
    ['AWS itself', { AWS_ENDPOINT_URL: 'https://sts.amazonaws.com' }],
    ['a name that only looks local', { AWS_ENDPOINT_URL: 'http://127.0.0.1.example.com' }],
  ])('invariant 2: a store that forgets its duties is refused with %s', (_, endpoints) => {
    expect(problems({ ...least, ...endpoints, JIT_STORE: 'memory' }).join('\n')).toMatch(
      /^JIT_STORE is memory, which forgets its duty to end access/,
    );
  });

  test('a store that forgets is allowed where access is only a double on this machine', () => {
    expect(readConfig({ ...least, ...loopback, JIT_STORE: 'memory' })).toMatchObject({ store: 'memory' });
  });

  test('what is not given has the documented default', () => {
    expect(readConfig(least)).toEqual({
      slack: {
        botToken: { value: 'xoxb-1' },
        signingSecret: { value: 's3cret' },
        apiUrl: 'https://slack.com/api/',
      },
      port: 3000,
      store: 'dynamodb',
      table: 'jit',
      createTable: false,
      policyDir: 'policies',
      sweepSeconds: 60,
      logLevel: 'info',
    });
  });

  test('AWS’s own place to sign in is that of each role’s partition, unless another is named', () => {
    const named = { JIT_SIGNIN_URL: 'https://signin.corp.example/federation', AWS_REGION: 'eusc-de-east-1' };
    const wanted = { signinUrl: 'https://signin.corp.example/federation', region: 'eusc-de-east-1' };
    expect(readConfig({ ...least, ...named })).toMatchObject(wanted);
    expect(readConfig(least)).not.toHaveProperty('signinUrl');
    const lambda = { SLACK_BOT_TOKEN_PARAMETER: '/jit/token', SLACK_TEAM_ID: 'T0CORP', ...named };
    expect(readLambdaConfig('engine', { here: '/var/task', env: lambda })).toMatchObject(wanted);
  });

  test('secrets may stand in SSM, by name', () => {
    expect(
      readConfig({ SLACK_BOT_TOKEN_PARAMETER: '/jit/token', SLACK_SIGNING_SECRET_PARAMETER: '/jit/secret' }),
    ).toMatchObject({
      slack: { botToken: { parameter: '/jit/token' }, signingSecret: { parameter: '/jit/secret' } },
    });
  });

  test('a proxy has its password apart, so that nothing that shows the configuration shows it', () => {
    const config = readConfig({
      ...least,
      HTTPS_PROXY: 'http://jit:p%40ss%2Fword@Proxy.corp.example:3128/',
      HTTP_PROXY: 'https://proxy.corp.example',
      NO_PROXY: '.corp.example, 10.0.0.0/8',
    });
    const proxies = 'problems' in config ? undefined : config.proxies;
    expect(proxies).toEqual({
      https: { url: 'http://proxy.corp.example:3128', authorization: expect.any(Function) },
      http: { url: 'https://proxy.corp.example' },
      except: '.corp.example, 10.0.0.0/8',
    });
    const header = `Basic ${Buffer.from('jit:p@ss/word').toString('base64')}`;
    expect(proxies?.https?.authorization?.()).toBe(header);
    for (const shown of [JSON.stringify(config), inspect(config, { depth: null, showHidden: true })])
      for (const secret of ['p@ss', 'p%40ss', header.slice(6)]) expect(shown).not.toContain(secret);
  });

  test('a proxy may be written in lower case, which counts first; without any, NO_PROXY means nothing', () => {
    const at = (env: NodeJS.ProcessEnv) => readConfig({ ...least, ...env });
    expect(at({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1', no_proxy: '*' })).toMatchObject({
      proxies: { https: { url: 'http://a:1' }, except: '*' },
    });
    expect(at({ https_proxy: '', HTTPS_PROXY: 'http://b:1' })).toMatchObject({
      proxies: { https: { url: 'http://b:1' }, except: '' },
    });
    expect(at({ HTTPS_PROXY: '', NO_PROXY: '*' })).not.toHaveProperty('proxies');
    expect(readProxies({ http_proxy: 'http://[fd00::1]:3128' })).toEqual({
      http: { url: 'http://[fd00::1]:3128' },
      except: '',
    });
  });

  test.each([
    ['proxy.corp.example:3128', 'is not the address of a proxy'],
    ['jit:hunter2@proxy.corp.example:3128', 'is not the address of a proxy'],
    ['socks5://jit:hunter2@proxy.corp.example:1080', 'is not the address of a proxy'],
    ['http://', 'is not the address of a proxy'],
    ['http://jit:hunter2#@proxy.corp.example:3128', 'is not the address of a proxy'],
    ['http://jit:2#hunter2@proxy.corp.example:3128', 'has something after the port'],
    ['http://jit:2/hunter2@proxy.corp.example:3128', 'has something after the port'],
    ['http://jit:2?hunter2@proxy.corp.example:3128', 'has something after the port'],
    ['http://proxy.corp.example:3128/hunter2', 'has something after the port'],
    ['http://jit:hunter2%@proxy.corp.example:3128', 'has a % in user or password'],
    ['http://jit:hunter2%zz@proxy.corp.example:3128', 'has a % in user or password'],
  ])('invariant 9: a malformed proxy is refused by name, and not repeated: %s', (address, problem) => {
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy']) {
      const [said, ...more] = problems({ ...least, [name]: address });
      expect(said).toMatch(new RegExp(`^${name.toUpperCase()} ${problem}`));
      expect(more).toEqual([]);
      expect(said).not.toMatch(/hunter2|jit:|corp/);
    }
    expect(readTableConfig({ HTTPS_PROXY: address })).toHaveProperty('problems');
    expect(readProxies({ HTTPS_PROXY: address })).toBeUndefined();
  });

  test('an empty variable counts as absent, and an API address gets its last slash', () => {
    const config = readConfig({ ...least, PORT: '', SLACK_API_URL: 'http://localhost:1/api' });
    expect(config).toMatchObject({ port: 3000, slack: { apiUrl: 'http://localhost:1/api/' } });
  });
});

describe('the environment of a command that only reads the record', () => {
  test('needs nothing of Slack, and has the documented default', () => {
    expect(readTableConfig({})).toEqual({ table: 'jit' });
    expect(readTableConfig({ JIT_TABLE: 'jit-production', SLACK_BOT_TOKEN: 'nonsense' })).toEqual({
      table: 'jit-production',
    });
    expect(readTableConfig({ JIT_TABLE: '' })).toEqual({ table: 'jit' });
  });

  test('is refused by name', () => {
    expect(readTableConfig({ JIT_TABLE: 'a b', JIT_STORE: 'redis' })).toEqual({
      problems: ['JIT_TABLE is not a name that DynamoDB takes', 'JIT_STORE is neither dynamodb nor memory'],
    });
  });

  test('has no table where the record is in memory', () => {
    expect(readTableConfig({ JIT_STORE: 'memory' })).toEqual({
      problems: ['JIT_STORE is memory, which has no table to read: its record ends with its process'],
    });
  });
});

describe('the environment of a Lambda', () => {
  const named = { SLACK_BOT_TOKEN_PARAMETER: '/jit/token', SLACK_TEAM_ID: 'T0CORP' };
  const read = (role: 'slack' | 'engine', env: NodeJS.ProcessEnv) =>
    readLambdaConfig(role, { here: '/var/task', env });

  test('an empty one names everything that is missing at once', () => {
    expect(read('slack', {})).toEqual({
      problems: [
        'SLACK_TEAM_ID is missing: the one workspace that jit serves',
        'SLACK_BOT_TOKEN_PARAMETER is missing: the name of an SSM SecureString that holds it',
        'SLACK_SIGNING_SECRET_PARAMETER is missing: the name of an SSM SecureString that holds it',
      ],
    });
  });

  test('only what Slack calls needs the signing secret', () => {
    expect(read('slack', named)).toHaveProperty('problems');
    expect(read('engine', named)).not.toHaveProperty('problems');
  });

  test('invariant 9: a secret in the clear is refused, and not repeated', () => {
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'PAGERDUTY_TOKEN']) {
      const answer = read('engine', { ...named, [name]: 'xoxb-hunter2' });
      expect(answer).toEqual({
        problems: [expect.stringMatching(new RegExp(`^${name} is in plain text`))],
      });
      expect(JSON.stringify(answer)).not.toContain('hunter2');
    }
  });

  test('PagerDuty’s key is needed by nobody, and for both the name of a parameter', () => {
    expect(read('engine', named)).not.toHaveProperty('pagerDutyToken');
    const env = {
      ...named,
      SLACK_SIGNING_SECRET_PARAMETER: '/jit/secret',
      PAGERDUTY_TOKEN_PARAMETER: '/jit/pagerduty',
    };
    for (const role of ['slack', 'engine'] as const)
      expect(read(role, env)).toMatchObject({ pagerDutyToken: { parameter: '/jit/pagerduty' } });
  });

  test('a proxy is one that needs no password, which would stand in the function’s configuration', () => {
    const proxied = (address: string) => read('engine', { ...named, HTTPS_PROXY: address });
    expect(proxied('http://proxy.corp.example:3128')).toMatchObject({
      proxies: { https: { url: 'http://proxy.corp.example:3128' } },
    });
    const answer = proxied('http://jit:hunter2@proxy.corp.example:3128');
    expect(answer).toEqual({
      problems: [expect.stringMatching(/^HTTPS_PROXY has a password in plain text/)],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  test('invariant 2: a store that forgets is refused, whatever the endpoints', () => {
    expect(read('engine', { ...named, ...loopback, JIT_STORE: 'memory' })).toEqual({
      problems: [expect.stringMatching(/^JIT_STORE is memory/)],
    });
  });

  test('what is malformed is refused by name', () => {
    expect(read('engine', { ...named, SLACK_TEAM_ID: 'acme', LOG_LEVEL: 'loud' })).toEqual({
      problems: [expect.stringMatching(/^SLACK_TEAM_ID is not/), expect.stringMatching(/^LOG_LEVEL is none/)],
    });
  });

  test('the policies lie beside the bundle, unless it is said otherwise', () => {
    const env = { ...named, SLACK_SIGNING_SECRET_PARAMETER: '/jit/secret', SLACK_BOT_USER_ID: '' };
    expect(read('slack', env)).toEqual({
      slack: {
        botToken: '/jit/token',
        signingSecret: '/jit/secret',
        teamId: 'T0CORP',
        apiUrl: 'https://slack.com/api/',
      },
      table: 'jit',
      policyDir: '/var/task/policies',
      logLevel: 'info',
    });
    expect(read('slack', { ...env, JIT_POLICY_DIR: '/opt/policies' })).toMatchObject({
      policyDir: '/opt/policies',
    });
  });

  test('policies in S3 are an object, here and where jit hosts itself', () => {
    const live = { JIT_POLICY_S3: 's3://corp-jit/live/bundle.json' };
    const wanted = { policyObject: { bucket: 'corp-jit', key: 'live/bundle.json' } };
    expect(read('engine', { ...named, ...live })).toMatchObject(wanted);
    expect(readConfig({ ...least, ...live })).toMatchObject(wanted);
  });
});
