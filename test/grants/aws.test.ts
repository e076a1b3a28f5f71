import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { connectAws } from '../../src/grants/aws/client.js';
import { eventually, OutOfTime, within } from '../../src/kit/deadline.js';
import { codeOf, toFault } from '../../src/grants/aws/faults.js';
import { consoleUrl } from '../../src/grants/sts-session/signin.js';
import { GrantFault } from '../../src/ports/access.js';
import { HOUR, MINUTE, OTHER, OWN, setup, START, type Setup } from '../support/grants.js';

const soon = () => AbortSignal.timeout(5_000);

describe('the connection to AWS', () => {
  let world: Setup;
  beforeEach(async () => {
    world = await setup();
  });
  afterEach(() => world.cloud.close());
  const count = (action: string) => world.cloud.calls.filter((call) => call.action === action).length;

  test('knows its own account and partition, and asks once', async () => {
    expect(world.aws.ownPartition()).toBeUndefined();
    await expect(world.aws.ownAccount()).resolves.toBe(OWN);
    await expect(world.aws.ownAccount()).resolves.toBe(OWN);
    expect(world.aws.ownPartition()).toBe('aws');
    expect(count('GetCallerIdentity')).toBe(1);
  });

  test('an own account that cannot be known is not remembered as such', async () => {
    world.cloud.fault('GetCallerIdentity', { fail: 'ServiceFailure' }, 2);
    await expect(world.aws.ownAccount()).rejects.toMatchObject({ permanent: false });
    await expect(world.aws.ownAccount()).resolves.toBe(OWN);
  });

  test('assumes the other account’s role with its external id, again only shortly before its end', async () => {
    await world.aws.iam(OTHER, soon());
    await world.aws.iam(OTHER, soon());
    expect(count('AssumeRole')).toBe(1);
    expect(world.cloud.calls[0]!.params).toMatchObject({ ExternalId: 'ext-4711' });
    world.time.now += HOUR - 6 * MINUTE;
    await world.aws.iam(OTHER, soon());
    expect(count('AssumeRole')).toBe(1);
    world.time.now += 2 * MINUTE;
    await world.aws.iam(OTHER, soon());
    expect(count('AssumeRole')).toBe(2);
  });

  test('follows directory.yml when that is loaded anew', async () => {
    await world.aws.iam(OTHER, soon());
    world.accounts[OTHER] = { ...world.accounts[OTHER]!, externalId: 'wrong' };
    await expect(world.aws.iam(OTHER, soon())).rejects.toMatchObject({
      code: 'AccessDenied',
      permanent: true,
    });
  });

  test('invariant 7: a role of another account is never taken for this one', async () => {
    world.accounts['999999999999'] = world.accounts[OTHER]!;
    await expect(world.aws.iam('999999999999', soon())).rejects.toMatchObject({
      code: 'WrongAccount',
      permanent: true,
    });
    await expect(world.aws.iam('888888888888', soon())).rejects.toMatchObject({ code: 'UnknownAccount' });
  });

  test('invariant 4: while no policies have loaded, the way into another account is unknown, and not refused for good', async () => {
    const options = { endpoint: world.cloud.url, credentials: world.engine.keys, maxAttempts: 1 };
    const aws = connectAws({ accounts: () => undefined, now: () => START, options });
    await expect(aws.iam(OTHER, soon())).rejects.toMatchObject({ code: 'UnknownAccounts', permanent: false });
    await expect(aws.iam(await aws.ownAccount(), soon())).resolves.toBeDefined();
  });

  /** A connection of a machine whose clock runs ahead of AWS's by so many ms. */
  const ahead = (difference: number) => {
    const local = { now: START + difference };
    const aws = connectAws({
      accounts: () => ({}),
      now: () => local.now,
      options: { endpoint: world.cloud.url, credentials: world.engine.keys, maxAttempts: 1 },
    });
    return { aws, local };
  };

  describe('the clock', () => {
    test('is measured against AWS’s Date, on refusals too', async () => {
      const { aws } = ahead(7_000);
      await expect(aws.skew()).resolves.toBe(7_000);
      const behind = ahead(-7_000);
      world.cloud.fault('GetCallerIdentity', { fail: 'AccessDenied' });
      await expect(behind.aws.skew()).resolves.toBe(-7_000);
    });

    test('is measured again after a minute, and is unknown when AWS does not answer', async () => {
      const { aws, local } = ahead(0);
      await aws.skew();
      local.now += 59_000;
      await expect(aws.skew()).resolves.toBe(0);
      expect(count('GetCallerIdentity')).toBe(1);
      local.now += 1_000;
      await expect(aws.skew()).resolves.toBe(60_000);
      expect(count('GetCallerIdentity')).toBe(2);
      local.now += MINUTE;
      await world.cloud.close();
      await expect(aws.skew()).resolves.toBeUndefined();
    });
  });

  test('the SDK’s own variables lead to the endpoints', async () => {
    const saved = { ...process.env };
    try {
      Object.assign(process.env, {
        AWS_ENDPOINT_URL_STS: world.cloud.url,
        AWS_ENDPOINT_URL_IAM: world.cloud.url,
        AWS_ACCESS_KEY_ID: world.engine.keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: world.engine.keys.secretAccessKey,
        AWS_SESSION_TOKEN: world.engine.keys.sessionToken,
        AWS_CONFIG_FILE: '/nonexistent',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      });
      delete process.env['AWS_REGION'];
      const aws = connectAws({ accounts: () => world.accounts, now: () => START });
      await expect(aws.ownAccount()).resolves.toBe(OWN);
      const iam = await aws.iam(OTHER, soon());
      const { ListUserPoliciesCommand } = await import('@aws-sdk/client-iam');
      await expect(iam.send(new ListUserPoliciesCommand({ UserName: 'nobody' }))).rejects.toMatchObject({
        name: 'NoSuchEntityException',
      });
    } finally {
      process.env = saved;
    }
  });
});

describe('a deadline', () => {
  test('ends the waiting whatever the work does, and tells the work', async () => {
    let signal: AbortSignal | undefined;
    const never = within(20, (given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    await expect(never).rejects.toBeInstanceOf(OutOfTime);
    expect(signal?.aborted).toBe(true);
    expect(toFault(new OutOfTime(20), 'sts:AssumeRole')).toMatchObject({
      code: 'OutOfTime',
      permanent: false,
    });
  });

  test('leaves work alone that is done in time', async () => {
    await expect(within(1_000, async () => 1)).resolves.toBe(1);
    await expect(within(1_000, () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('no call is begun once the time is over', async () => {
    const world = await setup();
    const over = AbortSignal.abort();
    await expect(world.aws.iam(OTHER, over)).rejects.toMatchObject({ permanent: false });
    expect(world.cloud.calls).toEqual([]);
    await world.cloud.close();
  });

  test('a read is repeated until it shows one’s own write', async () => {
    const answers = [1, 2, 3];
    const read = jest.fn(async () => answers.shift() ?? 3);
    await expect(eventually(read, (value) => value === 2, soon())).resolves.toBe(2);
    expect(read).toHaveBeenCalledTimes(2);
  });
});

const named = (name: string) => Object.assign(new Error('a message of AWS with SECRET'), { name });

describe('faults', () => {
  test.each([
    ['NoSuchEntityException', 'NoSuchEntity', true],
    ['AccessDenied', 'AccessDenied', true],
    ['AccessDeniedException', 'AccessDenied', true],
    ['LimitExceededException', 'LimitExceeded', true],
    ['MalformedPolicyDocumentException', 'MalformedPolicyDocument', true],
    ['PackedPolicyTooLargeException', 'PackedPolicyTooLarge', true],
    ['Throttling', 'Throttling', false],
    ['TimeoutError', 'TimeoutError', false],
    ['ExpiredTokenException', 'ExpiredToken', false],
    ['InvalidClientTokenId', 'InvalidClientTokenId', false],
  ])('%s is %s, permanent: %s', (name, code, permanent) => {
    const fault = toFault(named(name), 'iam:PutUserPolicy on user ana');
    expect(fault).toMatchObject({ code, permanent });
    expect(fault.hint).toContain('iam:PutUserPolicy on user ana');
    expect(inspect(fault)).not.toContain('SECRET');
  });

  test('under a code of refusal, a failure of AWS’s own is passing', () => {
    const failed = Object.assign(named('AccessDenied'), { $metadata: { httpStatusCode: 503 } });
    expect(toFault(failed, 'iam:PutUserPolicy')).toMatchObject({ code: 'AccessDenied', permanent: false });
    const refused = Object.assign(named('AccessDenied'), { $metadata: { httpStatusCode: 403 } });
    expect(toFault(refused, 'iam:PutUserPolicy')).toMatchObject({ code: 'AccessDenied', permanent: true });
  });

  // Whatever waits an hour because of a fault rests on this list.
  test('invariant 16: only what AWS calls permanent is permanent', () => {
    const passing = [
      'Throttling',
      'ThrottlingException',
      'RequestLimitExceeded',
      'TooManyRequestsException',
      'SlowDown',
      'PriorRequestNotComplete',
      'ServiceFailure',
      'ServiceUnavailable',
      'InternalFailure',
      'RequestTimeout',
      'ConcurrentModification',
      'EntityTemporarilyUnmodifiable',
      'ExpiredToken',
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
      'RequestExpired',
      'OptInRequired',
      'CredentialsProviderError',
      'TimeoutError',
      'AbortError',
      'OutOfTime',
      'TypeError',
      'SomethingNew',
    ];
    for (const name of passing) expect(toFault(named(name), 'x')).toMatchObject({ permanent: false });
    expect(toFault(undefined, 'x')).toMatchObject({ code: 'Unknown', permanent: false });
    expect(toFault({ code: 'AccessDenied' }, 'x')).toMatchObject({ code: 'Unknown', permanent: false });
  });

  test('a broken connection has its own code, and what is no error has none', () => {
    expect(codeOf(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('ECONNRESET');
    expect(codeOf('SECRET')).toBe('Unknown');
    expect(codeOf(named('a name with SECRET'))).toBe('Unknown');
  });

  test('a fault stays as it is', () => {
    const fault = new GrantFault('Ended', 'Ask for a new one.', true);
    expect(toFault(fault, 'anything')).toBe(fault);
  });
});

const serve = async (status: number, body: string, headers = {}) => {
  const seen: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    seen.push(new URL(request.url!, 'http://x').searchParams);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/federation`;
  return { url, seen, close: () => server.closeAllConnections() ?? server.close() };
};

describe('the console link', () => {
  const keys = { accessKeyId: 'ASIA1', secretAccessKey: 's/e+c=ret', sessionToken: 'to+ken/=' };
  const at = (signinUrl: string) => ({ signinUrl, destination: 'https://console.aws.amazon.com/' });
  test('carries the token, and the request no SessionDuration', async () => {
    const { url, seen, close } = await serve(200, JSON.stringify({ SigninToken: 'tok/en=' }));
    const link = new URL((await consoleUrl(at(url), keys))!);
    close();
    expect(Object.fromEntries(link.searchParams)).toEqual({
      Action: 'login',
      Issuer: 'jit',
      Destination: 'https://console.aws.amazon.com/',
      SigninToken: 'tok/en=',
    });
    expect(seen[0]!.has('SessionDuration')).toBe(false);
    expect(JSON.parse(seen[0]!.get('Session')!)).toEqual({
      sessionId: 'ASIA1',
      sessionKey: 's/e+c=ret',
      sessionToken: 'to+ken/=',
    });
  });

  test.each([
    ['an error', 400, '{"SigninToken":"x"}', {}],
    ['no JSON', 200, '<html>', {}],
    ['no token', 200, '{}', {}],
    ['a token that is no text', 200, '{"SigninToken":1}', {}],
    ['a redirect, which would take the secrets along', 302, '', { Location: 'http://127.0.0.1:1/' }],
  ])('there is none when the answer is %s', async (_, status, body, headers) => {
    const { url, close } = await serve(status, body, headers);
    await expect(consoleUrl(at(url), keys)).resolves.toBeUndefined();
    close();
  });

  test('there is none when nobody answers', async () => {
    await expect(consoleUrl(at('http://127.0.0.1:1/federation'), keys)).resolves.toBeUndefined();
  });
});
