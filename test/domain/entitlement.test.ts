import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { canonical, pin, sha256, type Entitlement, type JsonObject } from '../../src/domain/entitlement.js';
import { tries } from '../support/tries.js';

const entitlement: Entitlement = {
  id: 'billing-reports',
  name: 'Billing reports',
  description: 'Reads the reports.',
  environment: 'production',
  account: '111122223333',
  risk: 'low',
  owners: ['finance'],
  tags: { team: 'finance' },
  durations: [900_000],
  grant: { kind: 'iam-policy', config: { statements: [{ Effect: 'Allow', Action: ['s3:GetObject'] }] } },
};
const ana = { type: 'user', name: 'ana.lopez' } as const;
const pinned = pin(entitlement, ana);

describe('what approvers approve', () => {
  const changes: [string, Entitlement, Parameters<typeof pin>[1]][] = [
    ['another account', { ...entitlement, account: '444455556666' }, ana],
    ['another kind', { ...entitlement, grant: { ...entitlement.grant, kind: 'sts-session' } }, ana],
    ['other statements', { ...entitlement, grant: { kind: 'iam-policy', config: { statements: [] } } }, ana],
    [
      'a guardrail less',
      { ...entitlement, grant: { ...entitlement.grant, config: { ...entitlement.grant.config, mfa: true } } },
      ana,
    ],
    ['another principal', entitlement, { type: 'user', name: 'ana' }],
    ['a role instead of a user', entitlement, { type: 'role', name: 'ana.lopez' }],
    ['no principal', entitlement, undefined],
  ];

  test.each(changes)('is something else with %s', (_, changed, principal) => {
    expect(pin(changed, principal).hash).not.toBe(pinned.hash);
  });

  test('is the same under another name, with other durations, and however its keys are ordered', () => {
    const config = { statements: [{ Action: ['s3:GetObject'], Effect: 'Allow' }] };
    const renamed = { ...entitlement, name: 'Reports', durations: [], grant: { config, kind: 'iam-policy' } };
    expect(pin(renamed, { name: 'ana.lopez', type: 'user' }).hash).toBe(pinned.hash);
  });

  test('is fixed with everything that makes it, under a SHA-256', () => {
    expect(pinned).toStrictEqual({
      kind: 'iam-policy',
      account: '111122223333',
      config: entitlement.grant.config,
      principal: ana,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(pin(entitlement)).not.toHaveProperty('principal');
  });
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('canonical text', () => {
  test('tells values apart that look alike', () => {
    const values = [
      1,
      '1',
      true,
      'true',
      null,
      'null',
      [],
      {},
      [[]],
      [{}],
      { a: [] },
      { a: {} },
      ['a,b'],
      ['a', 'b'],
      '',
    ];
    expect(new Set(values.map(canonical)).size).toBe(values.length);
  });

  test('is JSON with sorted keys and without undefined members', () => {
    expect(canonical({ b: [1, { d: null, c: 'é"' }], a: undefined })).toBe('{"b":[1,{"c":"é\\"","d":null}]}');
    expect(canonical(undefined)).toBe('null');
  });

  test('is equal exactly for equal values, whatever the order of their keys', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [key, turned(member)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.jsonValue(), (one, other) => {
        expect(canonical(turned(one))).toBe(canonical(one));
        expect(JSON.parse(canonical(one))).toEqual(plain(one));
        expect(canonical(one) === canonical(other)).toBe(isDeepStrictEqual(plain(one), plain(other)));
      }),
      { seed: 20_261_120, numRuns: tries(100, 1000) },
    );
  });

  test('is hashed as UTF-8', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });

  test('a key that JSON treats specially changes the hash like any other', () => {
    const config = JSON.parse('{"__proto__": {"a": 1}}') as JsonObject;
    expect(canonical(config)).toBe('{"__proto__":{"a":1}}');
  });
});
