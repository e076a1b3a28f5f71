import * as fc from 'fast-check';
import { authorize } from '../../../src/sandbox/aws/policy/authorize.js';
import { sts } from '../../../src/sandbox/aws/sts.js';
import { addRole, addUser, callerOf, emptyWorld, type World } from '../../../src/sandbox/aws/world.js';
import type { PolicyDocument } from '../../../src/sandbox/aws/index.js';
import { tries } from '../../support/tries.js';

// sts:GetScopedCredentials, as AWS's model describes it.

const START = Date.UTC(2026, 10, 20, 9);
const ROLE = 'arn:aws:iam::444455556666:role/Work';
const all: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};
const only = (...Action: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*' },
});

let now: number;
let world: World;
let user: string;

function begin(role: PolicyDocument = all): void {
  now = START;
  world = emptyWorld(() => now);
  const { arn, keys } = addUser(world, { account: '444455556666', name: 'bot', inline: { all } });
  user = keys.accessKeyId;
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:*' },
  };
  addRole(world, { account: '444455556666', name: 'Work', trust, inline: { role } });
}
beforeEach(() => begin());

type Answer = {
  code?: string;
  Credentials: { AccessKeyId: string; Expiration: string };
  SessionInfo: { Arn: string };
  ScopedPoliciesCount: number;
};
const call = (key: string, Action: string, params: Record<string, string>): Answer => {
  const caller = callerOf(world, key);
  if (typeof caller !== 'object') throw new Error('no such key');
  return sts(world, caller, Action, new URLSearchParams({ Action, ...params })) as unknown as Answer;
};
const session = (policy?: PolicyDocument) =>
  call(user, 'AssumeRole', {
    RoleArn: ROLE,
    RoleSessionName: 'jit-1',
    DurationSeconds: '900',
    ...(policy && { Policy: JSON.stringify(policy) }),
  }).Credentials.AccessKeyId;
const scope = (key: string, wish: { seconds?: number; policy?: PolicyDocument }) =>
  call(key, 'GetScopedCredentials', {
    ...(wish.seconds !== undefined && { DurationSeconds: String(wish.seconds) }),
    ...(wish.policy && { Policy: JSON.stringify(wish.policy) }),
  });
const may = (accessKeyId: string, action: string) => authorize(world, { accessKeyId, action }).allowed;

test('they are keys of the same session, which end when they were asked to', () => {
  const key = session();
  const answer = scope(key, { seconds: 60 });
  expect(answer).toMatchObject({
    Credentials: { Expiration: '2026-11-20T09:01:00Z' },
    SessionInfo: { Arn: 'arn:aws:sts::444455556666:assumed-role/Work/jit-1' },
    ScopedPoliciesCount: 0,
  });
  now = START + 59_999;
  expect(may(answer.Credentials.AccessKeyId, 's3:GetObject')).toBe(true);
  now = START + 60_000;
  expect([may(answer.Credentials.AccessKeyId, 's3:GetObject'), may(key, 's3:GetObject')]).toEqual([
    false,
    true,
  ]);
});

test('no length: as long as the session; a longer one is refused', () => {
  const key = session();
  expect(scope(key, { policy: all }).Credentials.Expiration).toBe('2026-11-20T09:15:00Z');
  expect(scope(key, { seconds: 901 })).toMatchObject({ code: 'InsufficientSessionLifetime' });
  now = START + 60_000;
  expect(scope(key, { seconds: 841 })).toMatchObject({ code: 'InsufficientSessionLifetime' });
});

test.each([
  ['neither a length nor a policy', {}, 'ValidationError'],
  ['no whole second', { DurationSeconds: '0' }, 'ValidationError'],
  ['half a second', { DurationSeconds: '1.5' }, 'ValidationError'],
  ['more than 36 hours', { DurationSeconds: '129601' }, 'ValidationError'],
  ['too many words', { DurationSeconds: '1', ScopedSessionDescription: 'x'.repeat(257) }, 'ValidationError'],
  ['no policy at all', { Policy: '{}' }, 'MalformedPolicyDocument'],
  ['too long a policy', { Policy: JSON.stringify(only(`s3:${'a'.repeat(2048)}`)) }, 'PackedPolicyTooLarge'],
] as [string, Record<string, string>, string][])('%s is refused', (_, params, code) => {
  expect(call(session(), 'GetScopedCredentials', params)).toMatchObject({ code });
});

test('a user’s own keys are not those of a session', () => {
  expect(scope(user, { seconds: 60 })).toMatchObject({ code: 'InvalidSubjectCredentials' });
});

test('the call needs its right in every layer', () => {
  expect(scope(session(only('s3:*')), { seconds: 60 })).toMatchObject({ code: 'AccessDenied' });
  const narrow = scope(session(), { policy: only('s3:*') }).Credentials.AccessKeyId;
  expect(scope(narrow, { seconds: 60 })).toMatchObject({ code: 'AccessDenied' });
  begin(only('s3:*'));
  expect(scope(session(), { seconds: 60 })).toMatchObject({ code: 'AccessDenied' });
});

test('three layers at most; a length alone is none', () => {
  let key = session();
  for (const layer of [1, 2, 3]) {
    const answer = scope(key, { policy: all });
    expect(answer.ScopedPoliciesCount).toBe(layer);
    key = answer.Credentials.AccessKeyId;
  }
  expect(scope(key, { policy: all })).toMatchObject({ code: 'AccessDenied' });
  expect(scope(key, { seconds: 1 }).ScopedPoliciesCount).toBe(3);
});

const ACTIONS = ['s3:GetObject', 's3:PutObject', 'ec2:RunInstances', 'sts:GetScopedCredentials'];
const document = fc
  .array(
    fc.record({
      Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      Action: fc.uniqueArray(fc.constantFrom('*', 's3:*', 'sts:GetScopedCredentials', ...ACTIONS), {
        minLength: 1,
        maxLength: 3,
      }),
      until: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((statements): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: statements.map(({ Effect, Action, until }) => ({
      Effect,
      Action,
      Resource: '*',
      ...(until !== undefined && {
        Condition: { DateLessThan: { 'aws:CurrentTime': new Date(START + until * 1000).toISOString() } },
      }),
    })),
  }));

test('invariant 1: scoped ⊆ session ⊆ role, for every call and second, and nothing after the end that was asked for', () => {
  let layered = 0;
  const found = fc.check(
    fc.property(
      document,
      fc.option(document, { nil: undefined }),
      fc.array(
        fc.record({
          policy: fc.option(document, { nil: undefined }),
          seconds: fc.integer({ min: 1, max: 900 }),
          after: fc.integer({ min: 0, max: 200_000 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 8, maxLength: 8 }),
      (role, own, layers, instants) => {
        begin(role);
        const chain = [session(own)];
        let ends = START + 900_000;
        for (const { policy, seconds, after } of layers) {
          now += after;
          const last = chain.at(-1)!;
          if (typeof callerOf(world, last) !== 'object') break;
          const answer = scope(last, { seconds, ...(policy && { policy }) });
          if (answer.code !== undefined) continue;
          const end = Date.parse(answer.Credentials.Expiration);
          if (end > ends || end > now + seconds * 1000) return false;
          ends = end;
          chain.push(answer.Credentials.AccessKeyId);
        }
        if (chain.length > 1) layered += 1;
        for (const at of [...instants.map((one) => START + one), ends - 1, ends]) {
          now = at;
          for (const action of ACTIONS) {
            const allowed = [
              authorize(world, { principalArn: ROLE, action }).allowed,
              ...chain.map((key) => may(key, action)),
            ];
            // Once it is refused, whatever was made of it is refused as well.
            if (allowed.some((one, n) => one && n > 0 && !allowed[n - 1])) return false;
            if (at >= ends && may(chain.at(-1)!, action)) return false;
          }
        }
        return true;
      },
    ),
    { numRuns: tries(200, 4_000), seed: 20261129 },
  );
  expect(found).toMatchObject({ failed: false, counterexample: null });
  expect(layered).toBeGreaterThan(30);
});
