/** @project outside */
import {
  NOT_THE_POLICIES,
  PAGERDUTY_TOKEN,
  POLICY_OBJECT,
  RIGHTS,
  TARGET_RIGHTS,
  withPagerDuty,
  type Right,
} from '../support/deploy/rights.js';
import { asRight, documentsOf, withoutReasons, type Document } from '../support/deploy/statements.js';
import { packaged, readTemplate } from '../support/deploy/template.js';
import { evaluator } from '../support/deploy/values.js';

const { template } = packaged();
const target = readTemplate('docs/target-role.yml');
const inTarget = evaluator(
  target,
  { JitRoleArns: 'arn:aws:iam::999900001111:role/jit-bot/jit-prod-stream' },
  '111122223333',
);

const own = (id: string) => documentsOf(template, id, evaluator(template));
const there = (id: string) => documentsOf(target, id, inTarget);

const POLICIES: [string, Document | undefined, Right[]][] = [
  ['slack', own('SlackRole')['slack'], RIGHTS.slack],
  ['stream', own('StreamRole')['stream'], RIGHTS.stream],
  ['sweep', own('SweepRole')['sweep'], RIGHTS.sweep],
  ['the boundary', own('Boundary')['managed'], RIGHTS.boundary],
  ['the boundary of another account', there('AccountBoundary')['managed'], TARGET_RIGHTS.boundary],
  ['the management role', there('ManageRole')['manage'], TARGET_RIGHTS.manage],
];

describe.each(POLICIES)('the rights of %s', (_, document, rights) => {
  test('are those of the list, neither more nor fewer', () => {
    expect(document?.Statement.map(asRight)).toEqual(rights.map(withoutReasons));
  });

  test('each have a reason, and another wherever a resource is not named to its end', () => {
    const wild = ({ Resource = [], NotResource = [] }: Right) =>
      [...Resource, ...NotResource].some((resource) => resource.includes('*'));
    expect(rights.filter(({ why }) => why.length < 10)).toEqual([]);
    expect(rights.filter((right) => wild(right) !== (right.wildcard !== undefined))).toEqual([]);
  });

  test('have no wildcard in an action that is allowed', () => {
    const allowed = rights.filter(({ Effect }) => Effect !== 'Deny');
    expect(allowed.flatMap(({ Action = [] }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('fit into one policy', () => {
    expect(JSON.stringify(document).length).toBeLessThan(6144);
  });
});

describe('with the policies in S3', () => {
  const { template: live } = packaged({ policyBucket: 'corp-jit' });
  const at = (id: string) => documentsOf(live, id, evaluator(live));

  test.each([
    ['slack', at('SlackRole')['slack'], RIGHTS.slack],
    ['stream', at('StreamRole')['stream'], RIGHTS.stream],
    ['sweep', at('SweepRole')['sweep'], RIGHTS.sweep],
  ])(
    '%s may read this one object, in a bucket of its own account, and nothing more',
    (_, document, rights) => {
      const own = document?.Statement.map(asRight) ?? [];
      const more = withoutReasons(POLICY_OBJECT);
      expect(own).toContainEqual(more);
      const others = own.filter((one) => !('Sid' in one && one.Sid === POLICY_OBJECT.Sid));
      expect(others).toEqual(rights.map(withoutReasons));
      expect(JSON.stringify(document).length).toBeLessThan(6144);
    },
  );

  test('nobody who receives access may write the policies', () => {
    const denied = RIGHTS.boundary.map((right) =>
      right.Sid === 'NotJitItself'
        ? { ...right, Resource: [...(right.Resource ?? []), ...NOT_THE_POLICIES] }
        : right,
    );
    expect(at('Boundary')['managed']?.Statement.map(asRight)).toEqual(denied.map(withoutReasons));
  });
});

describe('with a key for PagerDuty', () => {
  const { template: asking } = packaged({ pagerDutyTokenParameter: '/jit/prod/pagerduty' });
  const at = (id: string) => documentsOf(asking, id, evaluator(asking));
  /** With the names in one order: which comes first says nothing. */
  const sorted = (rights: object[]) =>
    JSON.parse(
      JSON.stringify(rights, (_, value: unknown) =>
        Array.isArray(value) && value.every((one) => typeof one === 'string') ? [...value].sort() : value,
      ),
    ) as object[];

  test.each([
    ['slack', at('SlackRole')['slack'], RIGHTS.slack],
    ['stream', at('StreamRole')['stream'], RIGHTS.stream],
    ['sweep', at('SweepRole')['sweep'], RIGHTS.sweep],
  ])('%s may read this one parameter, and nothing more', (_, document, rights) => {
    const expected = sorted(withPagerDuty(rights).map(withoutReasons));
    expect(sorted(document?.Statement.map(asRight) ?? [])).toEqual(expected);
    expect(JSON.stringify(expected).split(PAGERDUTY_TOKEN)).toHaveLength(3);
    expect(JSON.stringify(document).length).toBeLessThan(6144);
  });

  test('nobody who receives access may read it', () => {
    const denied = RIGHTS.boundary.map((right) =>
      right.Sid === 'NotJitItself' ? { ...right, Resource: [...right.Resource!, PAGERDUTY_TOKEN] } : right,
    );
    expect(at('Boundary')['managed']?.Statement.map(asRight)).toEqual(denied.map(withoutReasons));
  });
});

describe('the roles', () => {
  test('there is one for each function, with one policy of its own, that only Lambda can assume', () => {
    const roles = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles.map(([id]) => id).sort()).toEqual(['SlackRole', 'StreamRole', 'SweepRole']);
    for (const [id, { Properties }] of roles) {
      const name = id.replace('Role', '').toLowerCase();
      expect(Object.keys(own(id)).sort()).toEqual([name, 'trust']);
      expect(own(id)['trust']?.Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      const lambda = template.Resources[`${id.replace('Role', '')}LambdaFunction`];
      expect(lambda?.Properties['Role']).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    }
  });

  test('they lie beside /jit/, not under it, where grants are', () => {
    for (const id of ['SlackRole', 'StreamRole', 'SweepRole', 'Boundary']) {
      expect(template.Resources[id]?.Properties['Path']).toBe('/jit-bot/');
    }
  });

  test('invariant 13: the function that faces the internet has no right of IAM or STS, and none to delete or to scan', () => {
    const actions = RIGHTS.slack.flatMap(({ Action = [] }) => Action);
    expect(actions.filter((action) => !/^(?:logs|ssm|kms|dynamodb):/.test(action))).toEqual([]);
    expect(actions.filter((action) => /Scan|Delete|Batch|Update|PartiQL/.test(action))).toEqual([]);
  });

  test('no role may scan the table, or speak to it in PartiQL, where keys go unseen', () => {
    const rights = [...RIGHTS.slack, ...RIGHTS.stream, ...RIGHTS.sweep];
    expect(rights.flatMap(({ Action = [] }) => Action).filter((a) => /Scan|PartiQL|Batch/.test(a))).toEqual(
      [],
    );
    const onTable = rights.filter(({ Resource = [] }) =>
      Resource.some((one) => one.endsWith('table/jit-prod')),
    );
    expect(onTable.filter(({ Condition }) => !Condition?.['Null'])).toEqual([]);
  });
});
