import type { JsonObject } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import { sessionPolicy, sessionSize, type SessionConfig } from '../../src/grants/sts-session/documents.js';
import { stsSession } from '../../src/grants/sts-session/provisioner.js';
import type { Provisioner } from '../../src/ports/access.js';
import {
  allowAll,
  grantOf,
  HOUR,
  MINUTE,
  OTHER,
  parsed,
  pinned,
  setup,
  START,
  trusting,
  type Setup,
} from '../support/grants.js';
import { slackAccount } from '../support/accounts.js';

const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`;
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const DENY = 'jit-revoke-01JIT0000000000000000000A1';

const grant = (config: JsonObject = {}, more: Partial<Grant> = {}) =>
  grantOf(pinned('sts-session', { roleArn: ROLE, ...config }), more);
const minted = (more: Partial<Grant> = {}) => grant({}, { lastMintAt: START, ...more });
const lease = (left: number) => ({ startsAt: START, endsAt: START + left });

describe('sts-session', () => {
  let world: Setup;
  let sessions: Provisioner;

  beforeEach(async () => {
    world = await setup();
    sessions = world.kinds['sts-session']!;
    world.cloud.addRole({
      account: OTHER,
      name: 'OrdersDbAdmin',
      path: '/jit/',
      trust: trusting(world.engine.arn),
      inline: { allowAll },
    });
  });
  afterEach(() => world.cloud.close());

  const inline = () => Object.keys(world.cloud.inline(ROLE));

  const mint = (of: Grant, at = START) => sessions.mint!(of, at);
  const asked = (call = 'AssumeRole') =>
    world.cloud.calls.filter(({ action }) => action === call).at(-1)!.params;
  const may = (accessKeyId: string, action: string, resource = '*') =>
    world.cloud.authorize({ accessKeyId, action, resource }).allowed;

  test('approval makes nothing in AWS: not one call', async () => {
    await expect(sessions.preflight(grant().grant, 'any')).resolves.toBeUndefined();
    await expect(sessions.provision(grant())).resolves.toMatchObject({ role: ROLE });
    expect(world.cloud.calls).toEqual([]);
  });

  test('invariant 1: no session is opened at the end or after it', async () => {
    for (const at of [START + 30 * MINUTE, START + HOUR]) {
      await expect(mint(grant(), at)).rejects.toMatchObject({ code: 'Ended', permanent: true });
    }
    expect(world.cloud.calls).toEqual([]);
  });

  test.each([
    ['a minute', MINUTE, '900'],
    ['half an hour', 30 * MINUTE, '1800'],
    ['eight hours', 8 * HOUR, '3600'],
  ])('with %s left the session is asked for as long as STS can give it', async (_, left, seconds) => {
    const { expiresAt } = await mint(grant({}, { lease: { startsAt: START, endsAt: START + left } }));
    expect(asked()['DurationSeconds']).toBe(seconds);
    const keys = Math.min(left, HOUR) / 1000 - 1;
    expect(asked('GetScopedCredentials')['DurationSeconds']).toBe(String(keys));
    expect(expiresAt).toBe(START + keys * 1000);
  });

  test('each call in CloudTrail leads back to request and person', async () => {
    const odd = { email: "ana+o'brien!@corp.example", account: slackAccount('U1', 'T1') };
    await mint(grant({}, { requester: odd }));
    expect(asked()).toMatchObject({
      RoleSessionName: 'jit-01JIT0000000000000000000A1',
      SourceIdentity: 'ana+o-brien-@corp.example',
      'Tags.member.1.Key': 'jit:request',
      'Tags.member.1.Value': '01JIT0000000000000000000A1',
      'TransitiveTagKeys.member.1': 'jit:request',
    });
    await mint(grant({}, { requester: { ...odd, email: `${'a'.repeat(80)}@corp.example` } }));
    expect(asked()['SourceIdentity']).toHaveLength(64);
  });

  test('the session may do what its statements say, and no more', async () => {
    const { accessKeyId } = await mint(
      grant({ statements: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] }),
    );
    expect(may(accessKeyId, 's3:GetObject')).toBe(true);
    expect(may(accessKeyId, 's3:PutObject')).toBe(false);
  });

  test('managed policies narrow it too', async () => {
    const arn = world.cloud.addManagedPolicy({
      account: OTHER,
      name: 'Read',
      document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*' } },
    });
    const { accessKeyId } = await mint(grant({ policyArns: [arn] }));
    expect(may(accessKeyId, 's3:GetObject')).toBe(true);
    expect(may(accessKeyId, 's3:PutObject')).toBe(false);
    world.time.now += 30 * MINUTE;
    expect(may(accessKeyId, 's3:GetObject')).toBe(false);
  });

  test('invariant 1: a session opens no further role, whose rights would outlive the end, unless chaining is on', async () => {
    const further = `arn:aws:iam::${OTHER}:role/Further`;
    const narrow = await mint(grant());
    expect(may(narrow.accessKeyId, 'sts:AssumeRole', further)).toBe(false);
    const wide = await mint(grant({ chaining: true }));
    expect(may(wide.accessKeyId, 'sts:AssumeRole', further)).toBe(true);
  });

  describe('of a grant that the version before approved', () => {
    const END = START + 30 * MINUTE;
    /** A configuration whose policy has so many characters in the wording of before. */
    const long = (characters: number): SessionConfig => {
      const config = (name: string): SessionConfig => ({
        roleArn: ROLE,
        chaining: true,
        statements: [{ Effect: 'Allow', Action: ['s3:Get*'], Resource: [`arn:aws:s3:::b/${name}`] }],
      });
      return config('x'.repeat(characters - sessionSize(config(''), 1)));
    };
    /** One with a network, of as many characters as there may be in the wording 2. */
    const full = (characters = 2048): SessionConfig => {
      const config = (name: string): SessionConfig => ({
        ...long(1000),
        guardrails: { sourceIp: ['203.0.113.0/24'] },
        statements: [{ Effect: 'Allow', Action: ['s3:Get*'], Resource: [`arn:aws:s3:::b/${name}`] }],
      });
      return config('x'.repeat(characters - sessionSize(config(''), 2)));
    };
    // As it was pinned: the loader of this version would refuse what is too long for it.
    const before = (characters: number, more: Partial<Grant> = {}): Grant => {
      const of = minted(more);
      return { ...of, grant: { ...of.grant, config: long(characters) } };
    };
    const configOf = (of: Grant) => of.grant.config as SessionConfig;

    test('the session is worded as today where that fits', async () => {
      const of = before(1900);
      await mint(of);
      expect(asked()['Policy']).toBe(sessionPolicy(configOf(of), END));
    });

    test('where that does not fit, it is opened as it was approved, and ends and is taken back like any other', async () => {
      const of = before(2048);
      expect(sessionSize(configOf(of))).toBeGreaterThan(2048);
      const { accessKeyId } = await mint(of);
      expect(asked()['Policy']).toBe(sessionPolicy(configOf(of), END, 1));
      expect(asked()['Policy']).toHaveLength(2048);
      const reading = () =>
        may(accessKeyId, 's3:GetObject', String(configOf(of).statements![0]!.Resource![0]));
      expect(reading()).toBe(true);
      await sessions.revoke(of, START);
      expect(reading()).toBe(false);
      await sessions.cleanUp(of);
      expect(reading()).toBe(true);
      world.time.now = END;
      expect(reading()).toBe(false);
    });

    test('one that was approved under the wording before this never falls back to an earlier one', async () => {
      const of = before(2048, { form: 3 });
      of.grant.config['policyArns'] = [READ_ONLY];
      await expect(mint(of)).rejects.toMatchObject({ permanent: true });
      expect(asked()['Policy']).toBe(sessionPolicy(configOf(of), END));
    });

    test('invariant 1: one that has no room for AWS’s services within its networks keeps them out, as it was approved', async () => {
      const of = { ...minted({ form: 2 }) };
      const config = full();
      await mint({ ...of, grant: { ...of.grant, config } });
      expect(asked()['Policy']).toBe(sessionPolicy(config, END, 2));
      expect(asked()['Policy']).not.toContain('ViaAWSService');
      expect(asked()['Policy']).toHaveLength(2048);
    });

    test('the catalog says clearly what does not fit any more', () => {
      const managed = (config: SessionConfig) => ({ ...config, policyArns: [READ_ONLY] });
      expect(() => parsed('sts-session', managed(long(2048 - READ_ONLY.length)))).toThrow(
        /takes 2\d{3} characters \(2048 before jit denied tokens that outlive a session\), and STS takes 2048/,
      );
      expect(() => parsed('sts-session', managed(full(2048 - READ_ONLY.length)))).toThrow(
        /takes 2189 characters \(2048 before jit let AWS’s services act for the person within network guardrails\)/,
      );
    });
  });

  test('the console link signs in with the session, and only with it', async () => {
    const credentials = await mint(grant());
    expect(credentials.consoleUrl).toContain('Action=login');
    expect(credentials.consoleUrl).not.toContain(encodeURIComponent(credentials.secretAccessKey));
    const page = await fetch(credentials.consoleUrl!);
    expect(await page.text()).toContain('assumed-role/OrdersDbAdmin/jit-01JIT');
  });

  test('the console link opens in the first region of the guardrails', async () => {
    const destination = async (config: JsonObject) =>
      new URL((await mint(grant(config))).consoleUrl!).searchParams.get('Destination');
    expect(await destination({})).toBe('https://console.aws.amazon.com/');
    expect(await destination({ guardrails: { regions: ['eu-west-1', 'eu-central-1'] } })).toBe(
      'https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1',
    );
  });

  test.each([
    ['aws-us-gov', 'signin.amazonaws-us-gov.com'],
    ['aws-cn', 'signin.amazonaws.cn'],
  ])(
    'invariant 9: the keys of a session in %s go to the sign-in of no other partition',
    async (name, host) => {
      const Credentials = {
        AccessKeyId: 'ASIA1',
        SecretAccessKey: 's',
        SessionToken: 't',
        Expiration: new Date(START + HOUR),
      };
      const aws = { ...world.aws, sts: { send: async () => ({ Credentials }) } as never };
      const called: string[] = [];
      const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (asked) => {
        const url = asked instanceof Request ? asked.url : asked;
        called.push(new URL(url).host);
        return Response.json({ SigninToken: 'x' });
      });
      try {
        const one = grant();
        const config = { ...one.grant.config, roleArn: ROLE.replace('arn:aws:', `arn:${name}:`) };
        const of = { ...one, grant: { ...one.grant, config } };
        const { consoleUrl } = await stsSession({ aws, now: () => START }).mint!(of, START);
        expect([...called, new URL(consoleUrl!).host]).toEqual([host, host]);
      } finally {
        fetched.mockRestore();
      }
    },
  );

  test('credentials come without a link when the sign-in endpoint fails', async () => {
    world.cloud.fault('federation', { fail: 'Any' });
    const credentials = await mint(grant());
    expect(credentials).not.toHaveProperty('consoleUrl');
    expect(may(credentials.accessKeyId, 's3:GetObject')).toBe(true);
  });

  describe('an early end', () => {
    test('is nothing to do where no session was ever opened', async () => {
      const proof = await sessions.revoke(grant(), START);
      expect(proof).toEqual({
        checkedAt: START,
        evidence: 'no session was ever opened for jit-01JIT0000000000000000000A1',
      });
      expect(world.cloud.calls).toEqual([]);
    });

    test('leaves a Deny for as long as a session could live, and a minute more', async () => {
      const short = await sessions.revoke(minted({ lease: lease(30 * MINUTE) }), START);
      expect(short.cleanUpAt).toBe(START + 31 * MINUTE);
      const long = await sessions.revoke(minted({ lease: lease(8 * HOUR) }), START);
      expect(long.cleanUpAt).toBe(START + 61 * MINUTE);
    });

    test('reaches a session whose opening was under way', async () => {
      await sessions.revoke(minted(), START);
      const late = await mint(minted());
      expect(may(late.accessKeyId, 's3:GetObject')).toBe(false);
    });

    test('a Deny that an unfinished try left behind is cleared away after the end', async () => {
      world.cloud.fault('GetRolePolicy', { fail: 'ServiceFailure' }, 4);
      await expect(sessions.revoke(minted(), START)).rejects.toMatchObject({ permanent: false });
      world.cloud.clearFaults();
      expect(inline()).toContain(DENY);
      world.time.now = START + 30 * MINUTE;
      const proof = await sessions.revoke(minted(), world.time.now);
      expect(proof.cleanUpAt).toBe(START + 31 * MINUTE);
      await sessions.cleanUp(minted());
      expect(inline()).not.toContain(DENY);
    });

    test('after the end an account that jit may not read is no obstacle, a passing fault is', async () => {
      const end = START + 30 * MINUTE;
      world.cloud.fault('GetRolePolicy', { fail: 'AccessDenied' });
      await expect(sessions.revoke(minted(), end)).resolves.toMatchObject({ checkedAt: end });
      world.cloud.fault('GetRolePolicy', { fail: 'Throttling' }, 4);
      await expect(sessions.revoke(minted(), end)).rejects.toMatchObject({ permanent: false });
    });

    test('is not proved while IAM shows something else', async () => {
      const { aws } = world;
      const stale = {
        ...aws,
        iam: async (...asked: Parameters<typeof aws.iam>) => {
          const client = await aws.iam(...asked);
          client.middlewareStack.add(
            (next, context) => async (args) => {
              const result = await next(args);
              if (context.commandName === 'GetRolePolicyCommand') {
                (result.output as { PolicyDocument?: string }).PolicyDocument = '{}';
              }
              return result;
            },
            { step: 'initialize', name: 'stale', override: true },
          );
          return client;
        },
      };
      const provisioner = stsSession({ aws: stale, signinUrl: world.cloud.signinUrl, now: () => START });
      await expect(provisioner.revoke(minted(), START)).rejects.toMatchObject({
        code: 'NotReadBack',
        permanent: false,
      });
    });
  });
});
