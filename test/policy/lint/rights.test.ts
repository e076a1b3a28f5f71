import { ESCALATIONS } from '../../../src/policy/lint/escalations.js';
import { allows } from '../../../src/policy/lint/statements.js';
import { matches, statementsOf } from '../../../src/policy/statements.js';
import type { Entitlement } from '../../../src/domain/entitlement.js';
import { allow, catalog, found, lintOf, permit, removeFolders } from '../../support/lint.js';

afterAll(removeFolders);

const owned = { 'policies.cedar': permit('p', 'owners') };
const CODES = /^(?:everything|iam-wildcard|assume|not-action|widens|keeps|rights)/;

async function codes(statements: object[], kind = 'iam-policy', config: object = {}): Promise<string[]> {
  const files = { ...owned, 'catalog.yml': catalog({ config: { statements, ...config } }, kind) };
  const { findings } = await lintOf(files);
  return findings.map(({ code }) => code).filter((code) => CODES.test(code));
}

describe('a statement that allows', () => {
  test.each([
    ['everything', '*', 'everything-allowed'],
    ['everything in all services', '*:*', 'everything-allowed'],
    ['everything in IAM', 'iam:*', 'iam-wildcard'],
    ['every role', 'sts:AssumeRole', 'assume-any-role'],
    ['every role by a wildcard', 'sts:Assume*', 'assume-any-role'],
    ['a policy’s rewriting', 'iam:CreatePolicyVersion', 'widens-rights'],
    ['a policy’s rewriting, in other letters', 'IAM:createpolicyversion', 'widens-rights'],
    ['a user’s key', 'iam:CreateAccessKey', 'keeps-access'],
    ['a trust’s rewriting', 'iam:UpdateAssumeRolePolicy', 'keeps-access'],
  ])('%s is found', async (_, action, code) => {
    expect(await codes([allow(action)])).toEqual([code]);
  });

  test.each([
    ['s3:GetObject'],
    ['iam:Get*'],
    ['iam:PassRole'],
    ['lambda:CreateFunction'],
    ['sts:GetCallerIdentity'],
  ])('%s alone is fine', async (action) => expect(await codes([allow(action)])).toEqual([]));

  test('a role’s passing and what uses it is found, though they stand in two statements', async () => {
    expect(await codes([allow('iam:PassRole'), allow('ec2:Run*')])).toEqual(['widens-rights']);
  });

  test('it only on what is named is a lesser finding', async () => {
    const role = 'arn:aws:iam::444455556666:role/worker';
    expect(await codes([allow('iam:PassRole', role), allow('ec2:RunInstances')])).toEqual([
      'widens-rights-named',
    ]);
    const own = 'arn:aws:iam::444455556666:user/${aws:username}';
    expect(await codes([allow('iam:CreateAccessKey', own)])).toEqual(['keeps-access-named']);
    expect(await codes([allow('iam:CreateAccessKey', 'arn:aws:iam::444455556666:user/team/*')])).toEqual([
      'keeps-access',
    ]);
  });

  test('it under a condition is found all the same', async () => {
    const condition = { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' } } };
    expect(await codes([allow('iam:CreatePolicyVersion', '*', condition)])).toEqual(['widens-rights']);
  });

  test('all but something is found, with the ways that it leaves open', async () => {
    const all = { Effect: 'Allow', NotAction: ['s3:*'], Resource: ['*'] };
    const left = await codes([all]);
    expect(left).toEqual(
      expect.arrayContaining(['not-action', 'widens-rights', 'keeps-access', 'assume-any-role']),
    );
    const power = {
      Effect: 'Allow',
      NotAction: ['iam:*', 'sts:*', 'lambda:*', 'ec2:*', 'ssm:*'],
      Resource: ['*'],
    };
    expect((await codes([power])).length).toBeLessThan(left.length);
  });

  test('roles by name is fine', async () => {
    expect(await codes([allow('sts:AssumeRole', 'arn:aws:iam::444455556666:role/worker')])).toEqual([]);
  });
});

describe('a session', () => {
  test('that does not chain may name every role: jit denies it there', async () => {
    expect(await codes([allow('sts:AssumeRole')], 'sts-session')).toEqual([]);
    expect(await codes([allow('sts:AssumeRole')], 'sts-session', { chaining: true })).toEqual([
      'assume-any-role',
    ]);
  });

  test('is helped by a Deny that nothing narrows, and by no other', async () => {
    const widens = allow('iam:CreatePolicyVersion');
    const deny = { ...allow('iam:*'), Effect: 'Deny' };
    expect(await codes([widens, deny], 'sts-session')).toEqual([]);
    const narrowed = { ...deny, Resource: ['arn:aws:iam::444455556666:policy/x'] };
    expect(await codes([widens, narrowed], 'sts-session')).toEqual(['widens-rights']);
    const conditional = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(await codes([widens, conditional], 'sts-session')).toEqual(['widens-rights']);
  });

  test('with all rights of its role is said not to have been looked at', async () => {
    expect(await found('rights-unseen', owned)).toMatchObject([{ severity: 'note', subject: 'logs' }]);
  });
});

test('every known way is found', async () => {
  const [base] = (JSON.parse(catalog()) as { entitlements: { 'sts-session': unknown }[] }).entitlements;
  const { 'sts-session': _, ...rest } = base!;
  const entitlements = ESCALATIONS.map(({ actions }, n) => ({
    ...rest,
    id: `way-${n}`,
    name: `Way ${n}`,
    'iam-policy': { statements: [allow(actions)] },
  }));
  const { findings } = await lintOf({ ...owned, 'catalog.yml': JSON.stringify({ entitlements }) });
  const missed = ESCALATIONS.filter(({ actions, does }, n) => {
    const code = does === 'widen' ? 'widens-rights' : 'keeps-access';
    const about = findings.filter((finding) => finding.subject === `way-${n}` && finding.code === code);
    return !about.some(({ explanation }) => explanation.includes(actions.join(' and ')));
  });
  expect(missed).toEqual([]);
});

test('every known way is written as AWS writes actions, says where it is from, and adds to the others', () => {
  for (const { actions, source } of ESCALATIONS) {
    expect(source).toMatch(/^https:\/\//);
    for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
  }
  const sameKind = ESCALATIONS.flatMap((one) =>
    ESCALATIONS.filter((other) => other !== one && other.does === one.does).map((other) => ({ one, other })),
  );
  const idle = sameKind.filter(({ one, other }) =>
    one.actions.every((action) => other.actions.includes(action)),
  );
  expect(idle).toEqual([]);
});

test.each([
  ['iam:*', 'iam:PassRole', true],
  ['iam:Pass????', 'iam:PassRole', true],
  ['iam:Pass?', 'iam:PassRole', false],
  ['IAM:p*E', 'iam:PassRole', true],
  ['iam:*Role', 'iam:PassRoleX', false],
  ['*', 'iam:PassRole', true],
  ['', 'iam:PassRole', false],
  ['iam:PassRole**', 'iam:PassRole', true],
])('the pattern %s and the action %s', (pattern, action, expected) => {
  expect(matches(pattern, action)).toBe(expected);
});

test('a pattern of many stars takes no time', () => {
  expect(matches(`iam:${'*a'.repeat(2_000)}b`, `iam:${'a'.repeat(200)}`)).toBe(false);
});

test('a configuration without statements, or with what is none, allows nothing', () => {
  const entitlement = (statements: unknown) =>
    ({ grant: { kind: 'x', config: { statements } } }) as unknown as Entitlement;
  for (const odd of [undefined, 'x', [null, 'x', []], [{ Effect: 'Allow' }]])
    expect(allows(statementsOf(entitlement(odd)), 'iam:PassRole')).toBeUndefined();
});
