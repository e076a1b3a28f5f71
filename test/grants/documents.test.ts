import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { documentHash, sameDocument, sizeOf } from '../../src/grants/aws/documents/document.js';
import { inlinePolicies, inlinePolicy, type InlineConfig } from '../../src/grants/iam-policy/documents.js';
import {
  sessionPolicy,
  sessionSize,
  twoLayers,
  type SessionConfig,
} from '../../src/grants/sts-session/documents.js';
import { revocation } from '../../src/grants/sts-session/revocation.js';
import type { Guardrails } from '../../src/grants/aws/documents/guardrails.js';
import { partitionOfRegion } from '../../src/grants/aws/documents/partitions.js';
import type { Condition, Statement } from '../../src/grants/aws/documents/statements.js';
import { conditionsHold } from '../../src/sandbox/aws/policy/conditions.js';
import { readDocument, type PolicyDocument } from '../../src/sandbox/aws/policy/documents.js';
import { evaluate } from '../../src/sandbox/aws/policy/evaluate.js';
import type { CallContext } from '../../src/sandbox/aws/policy/match.js';
import { tries } from '../support/tries.js';

const [FORM_1, FORM_2, FORM_3] = [1, 2, 3].map(
  (form) => JSON.parse(readFileSync(join(__dirname, `form-${form}.json`), 'utf8')) as Frozen,
) as [Frozen, Frozen, Pick<Frozen, 'sessions'>];
type Frozen = Record<'sessions' | 'inline', string[]>;
const END = Date.UTC(2026, 10, 20, 10);
const roleArn = 'arn:aws:iam::444455556666:role/jit/R';
const read: Statement = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] };
const statementsOf = (text: string) => (JSON.parse(text) as { Statement: unknown[] }).Statement;

describe('the inline policy', () => {
  test('conditions go into an operator block that is there already', () => {
    const statement: Statement = {
      ...read,
      Condition: {
        DateLessThan: { 'aws:TokenIssueTime': ['2026-01-01T00:00:00Z'] },
        StringEquals: { 's3:prefix': ['a'] },
        Bool: { 'aws:SecureTransport': ['true'] },
      },
    };
    const guardrails: Guardrails = { regions: ['eu-west-1'], mfa: true };
    expect(statementsOf(inlinePolicy({ statements: [statement], guardrails }, END))).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: '*',
        Condition: {
          DateLessThan: {
            'aws:TokenIssueTime': '2026-01-01T00:00:00Z',
            'aws:CurrentTime': '2026-11-20T10:00:00Z',
          },
          StringEquals: { 's3:prefix': 'a', 'aws:RequestedRegion': 'eu-west-1' },
          Bool: { 'aws:SecureTransport': 'true', 'aws:MultiFactorAuthPresent': 'true' },
        },
      },
    ]);
  });

  test('a key of ours that is there already is never overwritten', () => {
    const statement: Statement = {
      ...read,
      Condition: { DateLessThan: { 'aws:CurrentTime': ['2099-01-01'] } },
    };
    expect(() => inlinePolicy({ statements: [statement] }, END)).toThrow('there already');
  });

  test('a Deny of ours is never in it: it would take away what the person has anyway', () => {
    const guardrails: Guardrails = {
      sourceIp: ['203.0.113.0/24'],
      vpcEndpoints: ['vpce-0a1b2c3d'],
      regions: ['eu-west-1'],
    };
    expect(inlinePolicy({ statements: [read], guardrails }, END)).not.toContain('Deny');
  });
});

const allows = (config: Partial<SessionConfig>) =>
  judge(sessionPolicy({ roleArn, chaining: false, ...config }, END), 's3:GetObject', {
    'aws:CurrentTime': '2026-11-20T09:00:00Z',
  });

describe('the session policy', () => {
  test('managed policies alone stay narrow: beside an Allow of everything they would say nothing', () => {
    expect(allows({})).toBe(true);
    expect(allows({ policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] })).toBe(false);
  });

  test.each(['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoot'])(
    '%s is denied unless chaining is on',
    (action) => {
      const may = (chaining: boolean) =>
        judge(sessionPolicy({ roleArn, chaining }, END), action, {
          'aws:CurrentTime': '2026-11-20T09:00:00Z',
        });
      expect(may(false)).toBe(false);
      expect(may(true)).toBe(true);
    },
  );
});

describe('tokens of STS that outlive a session', () => {
  const TOKENS = ['sts:GetServiceBearerToken', 'sts:GetWebIdentityToken', 'sts:GetDelegatedAccessToken'];
  const may = (config: Partial<SessionConfig>, action: string) =>
    judge(sessionPolicy({ roleArn, chaining: false, ...config }, END), action, {
      'aws:CurrentTime': '2026-11-20T09:00:00Z',
    });
  const all: Statement = { Effect: 'Allow', Action: ['*'], Resource: ['*'] };

  test.each(TOKENS)(
    'invariant 1: %s is denied, chaining or not, also where a wildcard allows it',
    (action) => {
      for (const chaining of [true, false]) {
        expect(may({ chaining }, action)).toBe(false);
        for (const wild of ['*', 'sts:*', 'sts:Get*', `${action.slice(0, -1)}?`, `${action}*`])
          expect(may({ chaining, statements: [{ ...all, Action: [wild] }] }, action)).toBe(false);
        expect(
          may({ chaining, statements: [{ ...all, Action: undefined!, NotAction: ['s3:*'] }] }, action),
        ).toBe(false);
      }
    },
  );

  test.each(TOKENS)(
    '%s is allowed where the statements name it, in whatever letters, and no other is',
    (action) => {
      for (const named of [action, action.toUpperCase(), action.toLowerCase()]) {
        const statements = [all, { ...all, Action: ['s3:*', named] }];
        for (const other of TOKENS) expect(may({ statements }, other)).toBe(other === action);
        expect(may({ statements }, 'sts:AssumeRole')).toBe(false);
        expect(may({ statements, chaining: true }, 'sts:AssumeRole')).toBe(true);
      }
    },
  );

  test('all of them may be named, and a Deny that names one allows nothing', () => {
    const statements = [all, { ...all, Action: TOKENS }];
    expect(TOKENS.filter((action) => !may({ statements }, action))).toEqual([]);
    expect(sessionPolicy({ roleArn, chaining: true, statements }, END, 3)).toBe(
      sessionPolicy({ roleArn, chaining: true, statements }, END, 1),
    );
    expect(may({ statements: [all, { ...all, Effect: 'Deny', Action: [TOKENS[0]!] }] }, TOKENS[0]!)).toBe(
      false,
    );
    expect(may({ statements: [all, { ...all, Effect: 'Deny', Action: [TOKENS[0]!] }] }, TOKENS[1]!)).toBe(
      false,
    );
  });

  test('what else a session asks of STS stays as it is', () => {
    for (const action of [
      'sts:GetCallerIdentity',
      'sts:GetAccessKeyInfo',
      'sts:TagSession',
      'sts:DecodeAuthorizationMessage',
    ])
      expect(may({}, action)).toBe(true);
  });

  test('the Deny costs no room where chaining is off: whatever was loaded before is loaded now', () => {
    const config: SessionConfig = { roleArn, chaining: false, statements: [read] };
    expect(sessionSize(config, 3)).toBeLessThanOrEqual(sessionSize(config, 1));
  });
});

// Word for word what the version before wrote. A change of wording that breaks one of these needs a form of its own:
// otherwise grants that are live during an update end with a false alarm, or cannot be minted any more.
describe('what earlier versions wrote is known', () => {
  const guardrails: Guardrails = {
    sourceIp: ['203.0.113.0/24'],
    vpcEndpoints: ['vpce-0a1b2c3d4e5f67890'],
    vpcSourceIp: ['10.0.0.0/8'],
    regions: ['eu-west-1'],
  };
  const sessions: SessionConfig[] = [
    { roleArn, chaining: false },
    { roleArn, chaining: true, statements: [read] },
    { roleArn, chaining: false, policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], guardrails },
  ];
  test.each(sessions.map((config, n) => [n, config] as const))(
    'the session policy %s of form 1',
    (n, config) => {
      expect(sessionPolicy(config, END, 1)).toBe(FORM_1.sessions[n]);
    },
  );

  const gov: Guardrails = { regions: ['us-gov-west-1'] };
  const inGov: SessionConfig = {
    roleArn: 'arn:aws-us-gov:iam::444455556666:role/jit/R',
    chaining: true,
    guardrails: gov,
  };
  test.each([...sessions, inGov].map((config, n) => [n, config] as const))(
    'the session policy %s of form 2',
    (n, config) => {
      expect(sessionPolicy(config, END, 2)).toBe(FORM_2.sessions[n]);
    },
  );

  test.each([...sessions, inGov].map((config, n) => [n, config] as const))(
    'the session policy %s of form 3',
    (n, config) => {
      expect(sessionPolicy(config, END, 3)).toBe(FORM_3.sessions[n]);
    },
  );

  const mixed: Statement = { ...read, Action: ['s3:GetObject', 'support:*'] };
  const inline: InlineConfig[] = [
    { statements: [mixed] },
    { statements: [mixed], guardrails: { ...guardrails, mfa: true } },
    {
      statements: [
        {
          Effect: 'Allow',
          NotAction: ['s3:*'],
          Resource: ['*'],
          Condition: { StringEquals: { 's3:prefix': ['a', 'b'] } },
        },
      ],
      guardrails: { regions: ['eu-west-1'] },
    },
  ];
  test.each(inline.map((config, n) => [n, config] as const))('the inline policy %s', (n, config) => {
    expect(inlinePolicies(config, END)).toContain(FORM_1.inline[n]);
  });

  const { sourceIp, vpcEndpoints } = guardrails as Required<Guardrails>;
  const inlineOfGov: InlineConfig[] = [
    { statements: [{ ...read, Action: ['*'] }], guardrails: gov },
    {
      statements: [{ Effect: 'Allow', NotAction: ['s3:*'], Resource: ['*'] }],
      guardrails: { ...gov, vpcEndpoints, sourceIp },
    },
  ];
  test.each(inlineOfGov.map((config, n) => [n, config] as const))(
    'the inline policy %s of another partition',
    (n, config) => {
      expect(inlinePolicies(config, END)).toContain(FORM_2.inline[n]);
    },
  );

  test('a wording that this version does not know is read as today’s', () => {
    expect(sessionPolicy(sessions[0]!, END, 99)).toBe(sessionPolicy(sessions[0]!, END));
  });
});

test('a document’s hash is that of what it says', () => {
  const one = '{"a":["x"],"b":["2","1"]}';
  expect(documentHash(one)).toMatch(/^[0-9a-f]{64}$/);
  expect(documentHash('{ "b": ["1","2"], "a": "x" }')).toBe(documentHash(one));
  expect(documentHash('{"a":"y","b":["1","2"]}')).not.toBe(documentHash(one));
  expect(documentHash('not json')).not.toBe(documentHash('neither'));
});

test('a revocation is for the sessions of one request', () => {
  expect(statementsOf(revocation('01A'))).toEqual([
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/jit:request': '01A' } },
    },
  ]);
});

test('size is counted without white space, and documents are compared by what they say', () => {
  expect(sizeOf('{ "a":\n [ "b c" ] }')).toBe('{"a":["b c"]}'.length);
  expect(sizeOf('not json')).toBe(8);
  expect(sameDocument('{"a":["x"],"b":["2","1"]}', '{"b":["1","2"],"a":"x"}')).toBe(true);
  expect(sameDocument('{"a":["x","y"]}', '{"a":"x"}')).toBe(false);
  expect(sameDocument('', '{}')).toBe(false);
});

function judge(text: string, action: string, context: CallContext, resource = 'arn:aws:s3:::b/k'): boolean {
  const document = readDocument(text, 'identity');
  if (typeof document === 'string') throw new Error(document);
  return evaluate({ action, resource, context }, { identity: [{ name: 'p', document }] }).allowed;
}

const ACTIONS = ['s3:GetObject', 's3:PutObject', 'ec2:RunInstances', 'iam:GetUser', 'health:DescribeEvents'];
const RESOURCES = ['arn:aws:s3:::b/k', 'arn:aws:s3:::c/k'];
const REGIONS = ['eu-west-1', 'us-east-1', 'us-gov-west-1', 'us-gov-east-1', 'cn-north-1'];
const LOCAL = ['eu-west-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'];
const pick = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const patterns = pick([...ACTIONS, 's3:*', 's3:Get*', 'IAM:*', '*']);
const conditions: Condition[] = [
  { StringEquals: { 's3:prefix': ['a'] } },
  { StringNotEquals: { 's3:prefix': ['a'] } },
  { Bool: { 'aws:SecureTransport': ['true'] } },
  { DateLessThan: { 'aws:TokenIssueTime': ['2026-11-20T09:30:00Z'] } },
  { IpAddressIfExists: { 's3:address': ['10.0.0.0/8'] } },
  { Bool: { 'aws:ViaAWSService': ['true'] } },
  { Bool: { 'AWS:viaAwsService': ['false'] } },
  { Bool: { 'aws:viaAWSService': ['true', 'false'] } },
];
const condition = maybe(fc.constantFrom(...conditions));
const statement = (effects: Statement['Effect'][]): fc.Arbitrary<Statement> =>
  fc
    .record({
      Effect: fc.constantFrom(...effects),
      not: fc.boolean(),
      actions: patterns,
      Resource: pick(['*', ...RESOURCES]),
      Condition: condition,
    })
    .map(({ Effect, not, actions, Resource, Condition }) => ({
      Effect,
      ...(not ? { NotAction: actions } : { Action: actions }),
      Resource,
      ...(Condition && { Condition }),
    }));
const guardrails: fc.Arbitrary<Guardrails> = fc
  .record({
    outside: fc.boolean(),
    vpc: fc.constantFrom(0, 1, 2),
    local: maybe(fc.constantFrom(...LOCAL)),
    mfa: fc.boolean(),
  })
  .map(({ outside, vpc, local, mfa }) => ({
    ...(outside && { sourceIp: ['203.0.113.0/24'] }),
    ...(vpc > 0 && { vpcEndpoints: ['vpce-0a1b2c3d'] }),
    ...(vpc > 1 && { vpcSourceIp: ['10.0.0.0/8'] }),
    ...(local !== undefined && { regions: [local] }),
    ...(mfa && { mfa: true as const }),
  }));
const optional = (values: string[]) => maybe(fc.constantFrom(...values));
const context: fc.Arbitrary<CallContext> = fc
  .record({
    'aws:CurrentTime': fc.constantFrom('2026-11-20T09:59:59Z', '2026-11-20T10:00:00Z'),
    'aws:SourceIp': optional(['203.0.113.5', '198.51.100.5']),
    'aws:SourceVpce': optional(['vpce-0a1b2c3d', 'vpce-ffffffff']),
    'aws:VpcSourceIp': optional(['10.1.1.1', '192.168.1.1']),
    'aws:ViaAWSService': optional(['true', 'false']),
    'aws:RequestedRegion': optional(REGIONS),
    'aws:MultiFactorAuthPresent': optional(['true', 'false']),
    'aws:SecureTransport': optional(['true', 'false']),
    'aws:TokenIssueTime': optional(['2026-11-20T09:00:00Z', '2026-11-20T09:45:00Z']),
    's3:prefix': optional(['a', 'b']),
    's3:address': optional(['10.9.9.9', '11.9.9.9']),
  })
  .map(
    (keys) =>
      Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as CallContext,
  );
const ask = fc.record({
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  context,
});

/**
 * The guardrails in plain words, on their own. What a service does for the person is not asked for its network in a
 * session; in an inline policy it is, as far as AWS says: then it carries the person's public address, or none.
 */
const kept = (rails: Guardrails, action: string, given: CallContext, kind: 'session' | 'inline'): boolean => {
  const viaService = given['aws:ViaAWSService'] === 'true';
  const byService =
    viaService && (kind === 'session' || (rails.vpcEndpoints && given['aws:SourceIp'] === undefined));
  const holds = (block: Record<string, Record<string, string[]>>) => conditionsHold(block, given, 'Allow');
  const open = !rails.sourceIp && !rails.vpcEndpoints;
  const byPublic = rails.sourceIp && holds({ IpAddress: { 'aws:SourceIp': rails.sourceIp } });
  const byPrivate =
    rails.vpcEndpoints &&
    holds({ StringEquals: { 'aws:SourceVpce': rails.vpcEndpoints } }) &&
    (!rails.vpcSourceIp || holds({ IpAddress: { 'aws:VpcSourceIp': rails.vpcSourceIp } }));
  const inRegion =
    !rails.regions ||
    partitionOfRegion(rails.regions[0]!)!.globalServices.includes(action.split(':')[0]!) ||
    holds({ StringEquals: { 'aws:RequestedRegion': rails.regions } });
  const withMfa = kind === 'session' || !rails.mfa || given['aws:MultiFactorAuthPresent'] === 'true';
  return Boolean(open || byPublic || byPrivate || byService) && inRegion && withMfa;
};
const written = (statements: Statement[]): string => {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements };
  return JSON.stringify(document);
};
const inTime = (given: CallContext): boolean => given['aws:CurrentTime'] !== '2026-11-20T10:00:00Z';

describe('invariant 1: what is made allows a part of what was written', () => {
  test('by iam-policy: within statements, guardrails and time; and all of that, where no NotAction is', () => {
    const found = fc.check(
      fc.property(
        fc.array(statement(['Allow']), { minLength: 1, maxLength: 3 }),
        guardrails,
        fc.array(ask, { minLength: 10, maxLength: 20 }),
        (statements, rails, asks) => {
          const made = inlinePolicy({ statements, guardrails: rails }, END);
          for (const { action, resource, context } of asks) {
            const permitted =
              judge(written(statements), action, context, resource) &&
              kept(rails, action, context, 'inline') &&
              inTime(context);
            const got = judge(made, action, context, resource);
            if (got && !permitted) return false;
            if (permitted && !got && !statements.some(({ NotAction }) => NotAction)) return false;
          }
          return true;
        },
      ),
      { numRuns: tries(60, 400), seed: 20261120 },
    );
    expect(found).toMatchObject({ failed: false, counterexample: null });
  });

  test.each([
    ['in one layer', (config: SessionConfig) => [sessionPolicy(config, END)]],
    ['in two', (config: SessionConfig) => Object.values(twoLayers(config, END) ?? {})],
  ])('by sts-session, %s: exactly what statements, guardrails and time allow', (_, layersOf) => {
    const found = fc.check(
      fc.property(
        fc.array(statement(['Allow', 'Deny']), { minLength: 1, maxLength: 3 }),
        guardrails,
        fc.array(ask, { minLength: 10, maxLength: 20 }),
        (statements, rails, asks) => {
          const made = layersOf({ roleArn, chaining: false, statements, guardrails: rails });
          return asks.every(
            ({ action, resource, context }) =>
              (made.length > 0 && made.every((text) => judge(text, action, context, resource))) ===
              (judge(written(statements), action, context, resource) &&
                kept(rails, action, context, 'session') &&
                inTime(context)),
          );
        },
      ),
      { numRuns: tries(60, 400), seed: 20261120 },
    );
    expect(found).toMatchObject({ failed: false, counterexample: null });
  });
});
