import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { JsonObject } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Aws } from '../../src/grants/index.js';
import { twoLayers, type SessionConfig } from '../../src/grants/sts-session/documents.js';
import { stsSession } from '../../src/grants/sts-session/provisioner.js';
import { stsSessionKind } from '../../src/grants/sts-session/kind.js';
import type { Credentials, Provisioner } from '../../src/ports/access.js';
import {
  allowAll,
  directory,
  grantOf,
  MINUTE,
  OTHER,
  pinned,
  setup,
  START,
  trusting,
  type Setup,
} from '../support/grants.js';

// Keys of a session that AWS itself takes no longer than the lease: sts:GetScopedCredentials.

const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`;
const CALL = 'GetScopedCredentials';
/** With clocks as far apart as here, the SDK tries whatever is refused once more. */
const TIMES = 9;
const END = START + 4 * MINUTE;
const SESSION_END = START + 15 * MINUTE;

const grant = (config: JsonObject = {}, more: Partial<Grant> = {}) =>
  grantOf(pinned('sts-session', { roleArn: ROLE, ...config }), {
    lease: { startsAt: START, endsAt: END },
    form: stsSessionKind.form,
    ...more,
  });
/** Statements that leave no room for anything beside them. */
const long = {
  statements: [
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: ['arn:aws:s3:::bucket/*', `arn:aws:s3:::${'b'.repeat(1850)}/*`],
    },
  ],
};

let world: Setup;
let sessions: Provisioner;

beforeEach(async () => {
  world = await setup();
  sessions = world.kinds['sts-session']!;
  makeRole(allowAll);
});
afterEach(() => world.cloud.close());

function makeRole(document: typeof allowAll): void {
  world.cloud.remove(ROLE);
  world.cloud.addRole({
    account: OTHER,
    name: 'OrdersDbAdmin',
    path: '/jit/',
    trust: trusting(world.engine.arn),
    inline: { all: document },
  });
}

const mint = (of: Grant) => sessions.mint!(of, world.time.now);
const called = (action: string) => world.cloud.calls.filter((call) => call.action === action);
const may = ({ accessKeyId }: Credentials, action = 's3:GetObject', context = {}) =>
  world.cloud.authorize({ accessKeyId, action, resource: 'arn:aws:s3:::bucket/key', context }).allowed;
const whoAmI = async (keys: Credentials): Promise<string> => {
  const sts = new STSClient({ endpoint: world.cloud.url, region: 'us-east-1', credentials: keys });
  return sts.send(new GetCallerIdentityCommand({})).then(
    ({ Arn = '' }) => Arn,
    (error: Error) => error.name,
  );
};

test('invariant 1: a lease of four minutes gets keys of four minutes, and AWS itself knows them no longer', async () => {
  const keys = await mint(grant());
  expect(called(CALL)[0]!.params).toMatchObject({
    DurationSeconds: '239',
    ScopedSessionDescription: 'jit 01JIT0000000000000000000A1',
  });
  expect(called(CALL)[0]!.params).not.toHaveProperty('Policy');
  expect(keys).toMatchObject({ expiresAt: END - 1000 });
  expect(keys).not.toHaveProperty('lingering');
  world.time.now = END - 1001;
  expect([may(keys), await whoAmI(keys)]).toEqual([true, expect.stringContaining('assumed-role')]);
  world.time.now = END - 1000;
  expect([may(keys), await whoAmI(keys)]).toEqual([false, 'ExpiredToken']);
});

test('invariant 9: the keys of the session itself are shown to nobody, and the console link is not made of them', async () => {
  const asked: string[] = [];
  const real = globalThis.fetch;
  const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, options) => {
    asked.push(url instanceof Request ? url.url : url.toString());
    return real(url, options);
  });
  try {
    const keys = await mint(grant());
    const [session] = world.cloud.sessions().filter(({ expiresAt }) => expiresAt === SESSION_END);
    expect(JSON.stringify(keys)).not.toContain(session!.accessKeyId);
    const [one = ''] = asked;
    expect(JSON.parse(new URL(one).searchParams.get('Session')!)).toMatchObject({
      sessionId: keys.accessKeyId,
    });
    expect(await (await fetch(keys.consoleUrl!)).text()).toContain('assumed-role/OrdersDbAdmin');
  } finally {
    fetched.mockRestore();
  }
});

describe('where AWS makes none', () => {
  test.each([
    ['AccessDenied', { fail: 'AccessDenied' }],
    ['InvalidAction', { fail: 'InvalidAction' }],
    ['InvalidSubjectCredentials', { fail: 'InvalidSubjectCredentials' }],
    ['PackedPolicyTooLarge', { fail: 'PackedPolicyTooLarge' }],
    ['RegionDisabled', { fail: 'RegionDisabledException' }],
    ['NoSuchCall', { fail: 'InternalFailure', status: 501 }],
    // So LocalEmu says it.
    [
      'NoSuchCall',
      {
        fail: 'InternalError',
        status: 500,
        message: 'exception while calling sts with unknown operation: …',
      },
    ],
  ])('%s: the session’s own keys, which its policy ends, and it is said', async (why, fault) => {
    world.cloud.fault(CALL, fault, TIMES);
    const keys = await mint(grant());
    expect(keys).toMatchObject({ expiresAt: END, lingering: { until: SESSION_END, why } });
    expect(keys.consoleUrl).toContain('Action=login');
    world.time.now = END - 1;
    expect(may(keys)).toBe(true);
    world.time.now = END;
    expect([may(keys), await whoAmI(keys)]).toEqual([false, expect.stringContaining('assumed-role')]);
  });

  test('nothing lingers where the session ends with the lease anyway', async () => {
    world.cloud.fault(CALL, { fail: 'AccessDenied' }, TIMES);
    const keys = await mint(grant({}, { lease: { startsAt: START, endsAt: START + 20 * MINUTE } }));
    expect(keys).toMatchObject({ expiresAt: START + 20 * MINUTE });
    expect(keys).not.toHaveProperty('lingering');
  });

  test.each([
    ['Throttling', { fail: 'Throttling' }],
    ['RequestLimitExceeded', { fail: 'RequestLimitExceeded' }],
    ['InternalFailure', { fail: 'InternalFailure' }],
    ['ServiceUnavailable', { fail: 'ServiceUnavailable' }],
    ['InsufficientSessionLifetime', { fail: 'InsufficientSessionLifetime' }],
  ])('what may pass is tried again, and no other keys are shown: %s', async (code, fault) => {
    world.cloud.fault(CALL, fault, TIMES);
    await expect(mint(grant())).rejects.toMatchObject({ code, permanent: false });
    world.cloud.clearFaults();
    await expect(mint(grant())).resolves.toMatchObject({ expiresAt: END - 1000 });
  });

  test('a connection that breaks is tried again: the keys of the first answer are nobody’s', async () => {
    world.cloud.fault(CALL, 'drop');
    const keys = await mint(grant());
    expect([called(CALL).length, may(keys)]).toEqual([2, true]);
  });
});

describe('the right to make them', () => {
  const read = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];

  test('of a role that lacks it: its keys end by policy', async () => {
    makeRole({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
    expect(await mint(grant())).toMatchObject({ lingering: { why: 'AccessDenied' } });
  });

  test('stands in each session that is narrowed, and gives nothing else', async () => {
    const arn = world.cloud.addManagedPolicy({
      account: OTHER,
      name: 'Read',
      document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*' } },
    });
    for (const config of [{ statements: read }, { policyArns: [arn] }]) {
      const keys = await mint(grant(config));
      expect(keys.expiresAt).toBe(END - 1000);
      expect([may(keys), may(keys, 's3:PutObject'), may(keys, 'sts:AssumeRole')]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  test('is asked for no guardrail, since jit is somewhere else; the keys are asked for all of them', async () => {
    const guardrails = {
      sourceIp: ['203.0.113.0/24'],
      vpcEndpoints: ['vpce-0a1b2c3d'],
      vpcSourceIp: ['10.0.0.0/8'],
      regions: ['eu-west-1'],
    };
    const keys = await mint(grant({ guardrails }));
    expect(keys).toMatchObject({ expiresAt: END - 1000, region: 'eu-west-1', regions: ['eu-west-1'] });
    const good = { 'aws:SourceIp': '203.0.113.9', 'aws:RequestedRegion': 'eu-west-1' };
    expect(may(keys, 's3:GetObject', good)).toBe(true);
    expect(may(keys, 's3:GetObject', { ...good, 'aws:SourceIp': '198.51.100.5' })).toBe(false);
    expect(may(keys, 's3:GetObject', { ...good, 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
  });

  test('is not there where the catalog’s own statements deny it', async () => {
    const statements = [...read, { Effect: 'Deny', Action: 'sts:*', Resource: '*' }];
    expect(await mint(grant({ statements }))).toMatchObject({ lingering: { why: 'AccessDenied' } });
  });

  test('keys made of keys are no wider and live no longer', async () => {
    const keys = await mint(grant({ statements: read }));
    expect(may(keys, 'sts:GetScopedCredentials')).toBe(true);
    await sessions.revoke(grant({ statements: read }, { lastMintAt: START }), START);
    expect([may(keys), may(keys, 'sts:GetScopedCredentials')]).toEqual([false, false]);
  });
});

describe('an answer of STS is not taken on trust', () => {
  /** Answers in STS's place, at the instant that it says. */
  const answering = (answers: ((seconds: number) => Date | undefined)[], takes = 0): [Aws, number[]] => {
    const asked: number[] = [];
    const send = async ({ input }: { input: { DurationSeconds: number } }) => {
      asked.push(input.DurationSeconds);
      world.time.now += takes;
      const Expiration = (answers.length > 1 ? answers.shift() : answers[0])!(input.DurationSeconds);
      return {
        Credentials: {
          AccessKeyId: `ASIA${asked.length}`,
          SecretAccessKey: 's',
          SessionToken: 't',
          Expiration,
        },
      };
    };
    return [{ ...world.aws, stsAs: () => ({ send }) as never }, asked];
  };
  const opened = (aws: Aws, of = grant()) =>
    stsSession({ aws, signinUrl: world.cloud.signinUrl, now: () => world.time.now }).mint!(of, START);
  const at = (instant: number) => new Date(instant);

  test('invariant 1: keys that outlive the lease are never shown, however often STS gives them', async () => {
    const [aws, asked] = answering([() => at(END + 1)]);
    await expect(opened(aws)).rejects.toMatchObject({ code: 'TooLong', permanent: false });
    expect(asked).toHaveLength(2);
  });

  test('AWS’s clock may be ahead: they are asked for again, for as much less', async () => {
    const [aws, asked] = answering([(s) => at(START + s * 1000 + 4_500)]);
    expect(await opened(aws)).toMatchObject({ accessKeyId: 'ASIA2', expiresAt: END - 500 });
    expect(asked).toEqual([239, 235]);
  });

  test('an answer that is late by the lease’s end or the keys’ own shows nothing', async () => {
    const [gone] = answering([() => at(END - 1000)], 4 * MINUTE);
    await expect(opened(gone)).rejects.toMatchObject({ code: 'Ended', permanent: true });
    world.time.now = START;
    const [late] = answering([() => at(START + 1000)], 2000);
    await expect(opened(late)).rejects.toMatchObject({ code: 'TooLate', permanent: false });
  });

  test('shorter ones are taken, and their end is said as it is', async () => {
    const [aws] = answering([() => at(START + MINUTE)]);
    expect(await opened(aws)).toMatchObject({ expiresAt: START + MINUTE });
  });

  test('longer than was asked, but within the lease, is said as it is', async () => {
    const [aws] = answering([() => at(END - 500)]);
    expect(await opened(aws)).toMatchObject({ expiresAt: END - 500 });
  });

  test.each([
    ['no end', () => undefined],
    ['an end that is none', () => at(NaN)],
  ])('%s: it is tried again', async (_, answer) => {
    const [aws] = answering([answer]);
    await expect(opened(aws)).rejects.toMatchObject({ code: 'NoCredentials', permanent: false });
  });

  test('invariant 1: with less than two seconds left no keys are made at all', async () => {
    const [aws, asked] = answering([(s) => at(START + s * 1000)]);
    const of = grant({}, { lease: { startsAt: START, endsAt: START + 1999 } });
    await expect(opened(aws, of)).rejects.toMatchObject({ code: 'Ended' });
    expect(asked).toEqual([]);
  });

  test('an hour is the most, whatever the lease: the keys never ask for more than the session has', async () => {
    const of = grant({}, { lease: { startsAt: START, endsAt: START + 480 * MINUTE } });
    const keys = await mint(of);
    expect(called(CALL)[0]!.params['DurationSeconds']).toBe('3599');
    expect(keys).toMatchObject({ expiresAt: START + 3_599_000 });
  });
});

describe('statements that fit into two layers only', () => {
  test('stand in the second one, and the Denies in the session’s own', async () => {
    const guardrails = { regions: ['eu-west-1'] };
    const of = grant({ ...long, guardrails });
    const keys = await mint(of);
    const layers = twoLayers(of.grant.config as SessionConfig, END)!;
    expect(called('AssumeRole').at(-1)!.params['Policy']).toBe(layers.session);
    expect(called(CALL)[0]!.params['Policy']).toBe(layers.scoped);
    expect(layers.session).toContain('aws:CurrentTime');
    expect(layers.session).toContain('sts:AssumeRo*');
    expect(layers.session).toContain('eu-west-1');
    const here = { 'aws:RequestedRegion': 'eu-west-1' };
    expect(may(keys, 's3:GetObject', here)).toBe(true);
    expect(may(keys, 's3:GetObject', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
    for (const action of ['s3:PutObject', 'iam:CreateUser', 'sts:AssumeRole', 'sts:GetScopedCredentials'])
      expect([action, may(keys, action, here)]).toEqual([action, false]);
    world.time.now = END - 1000;
    expect(may(keys, 's3:GetObject', here)).toBe(false);
  });

  test.each(['AccessDenied', 'InvalidAction', 'PackedPolicyTooLarge', 'MalformedPolicyDocument'])(
    'invariant 1: where AWS makes no second layer, nothing is shown (%s)',
    async (fail) => {
      world.cloud.fault(CALL, { fail }, TIMES);
      await expect(mint(grant(long))).rejects.toMatchObject({
        code: fail,
        permanent: true,
        hint: expect.stringMatching(/do not fit into one\. Shorten the statements/),
      });
    },
  );

  test('and nobody is asked to approve it: the check before says so, or that it does not know', async () => {
    const { grant: one } = grant(long);
    await expect(sessions.preflight(one, 'any')).resolves.toBeUndefined();
    expect(called('AssumeRole').at(-1)!.params).toMatchObject({ RoleSessionName: 'jit-preflight' });
    for (const { arn } of world.cloud.sessions().filter(({ arn }) => arn.endsWith('/jit-preflight')))
      expect(world.cloud.authorize({ principalArn: arn, action: 's3:GetObject' }).allowed).toBe(false);
    world.cloud.fault(CALL, { fail: 'AccessDenied' }, TIMES);
    await expect(sessions.preflight(one, 'any')).resolves.toMatchObject({
      code: 'aws',
      error: 'AccessDenied',
      hint: expect.stringContaining('sts:GetScopedCredentials'),
    });
    world.cloud.clearFaults();
    world.cloud.fault(CALL, { fail: 'Throttling' }, TIMES);
    await expect(sessions.preflight(one, 'any')).rejects.toMatchObject({ permanent: false });
  });

  const parse = (config: JsonObject, partition = 'aws') =>
    stsSessionKind.parse(
      { ...config, roleArn: ROLE.replace('arn:aws:', `arn:${partition}:`) },
      { account: OTHER, directory: { ...directory, accounts: {} } },
    );

  test('load in the partition that has the call, and are said to take two', () => {
    expect(parse(long)).toHaveProperty('config');
    const { config } = parse(long) as { config: JsonObject };
    expect(stsSessionKind.size(config)).toMatchObject({ layers: 2, limits: { session: 2048 } });
    expect(stsSessionKind.size(grant().grant.config)).not.toHaveProperty('layers');
  });

  test.each(['aws-cn', 'aws-us-gov', 'aws-eusc'])(
    'do not load in %s, where jit knows of no such call',
    (name) => {
      const statements = JSON.parse(
        JSON.stringify(long.statements).replaceAll('arn:aws:', `arn:${name}:`),
      ) as object[];
      expect(parse({ statements } as never, name)).toEqual({
        problems: [
          expect.stringMatching(/STS takes 2048: shorten .* two layers, and jit knows of no second one/),
        ],
      });
    },
  );

  test.each([
    [
      'too long for any layer',
      { statements: [{ ...long.statements[0]!, Resource: `arn:aws:s3:::${'b'.repeat(2100)}/*` }] },
    ],
    [
      'beside managed policies, of which they are a union',
      { ...long, policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    ],
    [
      'with more guardrails than the session has room for',
      { ...long, guardrails: { sourceIp: Array.from({ length: 99 }, (_, n) => `203.0.113.${n}/32`) } },
    ],
  ])('%s do not load', (_, config) => {
    expect(parse(config as never)).toEqual({
      problems: [expect.stringMatching(/STS takes 2048: shorten the statements$/)],
    });
  });
});
