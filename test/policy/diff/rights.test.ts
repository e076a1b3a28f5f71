import * as fc from 'fast-check';
import { rightLine } from '../../../src/cli/policy/report/diff-lines.js';
import { textOfLine } from '../../../src/cli/policy/report/line.js';
import type { Entitlement, JsonObject } from '../../../src/domain/entitlement.js';
import { rightRowsOf } from '../../../src/policy/diff/rights/rights.js';
import type { Parts } from '../../../src/policy/policy.js';
import { tries } from '../../support/tries.js';

const ROLE = 'arn:aws:iam::444455556666:role/jit/Logs';
const OTHER = 'arn:aws:iam::444455556666:role/jit/Other';

type Grant = { kind?: string; account?: string; config: JsonObject };

function folderOf(grants: Record<string, Grant>): Parts {
  const entitlements = Object.entries(grants).map(
    ([id, { kind = 'sts-session', account = '444455556666', config }]): [string, Entitlement] => [
      id,
      {
        id,
        name: id,
        description: '',
        environment: 'staging',
        account,
        risk: 'low',
        owners: [],
        tags: {},
        durations: [3_600_000],
        grant: { kind, config },
      },
    ],
  );
  return { entitlements: new Map(entitlements) } as unknown as Parts;
}

const changes = (before: Record<string, Grant>, after: Record<string, Grant>): string[] =>
  rightRowsOf(folderOf(before), folderOf(after)).map((row) => textOfLine(rightLine(row)));

/** What becomes of one entitlement. */
const between = (one: JsonObject, other: JsonObject): string[] =>
  changes({ logs: { config: one } }, { logs: { config: other } }).map((line) => line.replace('logs: ', ''));

type Written = string | string[];
const allow = (Action: Written, Resource: Written = '*', Condition?: JsonObject): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (Action: Written, Resource: Written = '*'): JsonObject => ({
  ...allow(Action, Resource),
  Effect: 'Deny',
});
const session = (...statements: JsonObject[]): JsonObject => ({ roleArn: ROLE, statements });
const payments = { StringEquals: { 'aws:ResourceTag/team': ['payments'] } };

describe('statements', () => {
  test.each<[string, JsonObject[], JsonObject[], string[]]>([
    [
      'an action more',
      [allow('s3:GetObject', 'arn:aws:s3:::a')],
      [allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::a')],
      ['+ s3:PutObject on arn:aws:s3:::a'],
    ],
    [
      'everything of a service on everything',
      [allow('s3:GetObject', 'arn:aws:s3:::a')],
      [allow('s3:*')],
      ['+ s3:* on *'],
    ],
    [
      'an action less',
      [allow(['s3:GetObject', 's3:PutObject'])],
      [allow('s3:GetObject')],
      ['− s3:PutObject on *'],
    ],
    [
      'a resource more',
      [allow('s3:GetObject', 'arn:aws:s3:::a')],
      [allow('s3:GetObject', ['arn:aws:s3:::a', 'arn:aws:s3:::b'])],
      ['+ s3:GetObject on arn:aws:s3:::b'],
    ],
    [
      'what a wildcard of another statement gives already',
      [allow('s3:Get*'), allow('ec2:*', 'arn:aws:ec2:::x')],
      [allow('s3:Get*'), allow('s3:GetObject', 'arn:aws:s3:::a')],
      ['− ec2:* on arn:aws:ec2:::x'],
    ],
    [
      'another order, another case, a list of one',
      [allow(['s3:GetObject', 's3:PutObject'], ['*'])],
      [allow('S3:putobject'), allow(['s3:GetObject'])],
      [],
    ],
    [
      'a statement in two',
      [allow(['a:B', 'c:D'], ['arn:aws:x:::1', 'arn:aws:x:::2'])],
      [allow('a:B', ['arn:aws:x:::1', 'arn:aws:x:::2']), allow('c:D', ['arn:aws:x:::2', 'arn:aws:x:::1'])],
      [],
    ],
    [
      'two statements that become one give each what the other had',
      [allow('a:B', 'arn:aws:x:::1'), allow('c:D', 'arn:aws:x:::2')],
      [allow(['a:B', 'c:D'], ['arn:aws:x:::1', 'arn:aws:x:::2'])],
      ['+ a:B on arn:aws:x:::2', '+ c:D on arn:aws:x:::1'],
    ],
    ['? is one character and no star', [allow('s3:Get?')], [allow('s3:Get*')], ['+ s3:Get* on *']],
    [
      'resources tell capitals apart',
      [allow('a:B', 'arn:aws:s3:::Logs')],
      [allow('a:B', 'arn:aws:s3:::logs')],
      ['+ a:B on arn:aws:s3:::logs', '− a:B on arn:aws:s3:::Logs'],
    ],
    [
      'a variable is any text',
      [allow('a:B', 'arn:aws:s3:::${aws:username}')],
      [allow('a:B', 'arn:aws:s3:::${aws:userid}')],
      ['+ a:B on arn:aws:s3:::${aws:userid}', '− a:B on arn:aws:s3:::${aws:username}'],
    ],
    [
      'a star written as a variable is no star',
      [allow('a:B', 'arn:aws:s3:::${*}')],
      [allow('a:B', 'arn:aws:s3:::${x}')],
      ['+ a:B on arn:aws:s3:::${x}', '− a:B on arn:aws:s3:::${*}'],
    ],
    [
      'of patterns that say the same in other letters one is told',
      [allow('a:B')],
      [allow(['S3:*', 's3:*', 's3:Get*'])],
      ['+ S3:* on *', '− a:B on *'],
    ],
    [
      'a token is given only where it is named',
      [allow('sts:*')],
      [allow(['sts:*', 'sts:GetServiceBearerToken'])],
      ['+ sts:GetServiceBearerToken on *'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(between(session(...before), session(...after))).toEqual(expected);
  });

  test.each<[string, JsonObject[], JsonObject[], string[]]>([
    [
      'a condition is taken away',
      [allow('a:B', '*', payments)],
      [allow('a:B')],
      ['+ a:B on * (before only under a condition)'],
    ],
    [
      'a condition is added',
      [allow('a:B')],
      [allow('a:B', '*', payments)],
      ['− a:B on * (now only under a condition)'],
    ],
    [
      'a condition is another',
      [allow('a:B', '*', payments)],
      [allow('a:B', '*', { StringLike: { 'aws:ResourceTag/team': '*' } })],
      [
        '+ a:B on *, where StringLike aws:ResourceTag/team * (before under another condition)',
        '− a:B on *, where StringEquals aws:ResourceTag/team payments (now under another condition)',
      ],
    ],
    [
      'a condition says the same',
      [allow('a:B', '*', { StringEquals: { k: ['x', 'y'] } })],
      [allow('a:B', '*', { StringEquals: { k: ['y', 'x'] } })],
      [],
    ],
    [
      'a Deny goes',
      [allow('a:*'), deny('a:Delete*')],
      [allow('a:*')],
      ['+ no longer denied: a:Delete* on *'],
    ],
    ['a Deny comes', [allow('a:*')], [allow('a:*'), deny('a:Delete*')], ['− now denied: a:Delete* on *']],
    [
      'a Deny gets narrower',
      [allow('a:*'), deny('a:*Key')],
      [allow('a:*'), deny('a:DeleteKey')],
      ['+ no longer denied: a:*Key on *'],
    ],
    [
      'what is allowed and denied at once is not given',
      [allow('a:B'), deny('iam:*')],
      [allow(['a:B', 'iam:PassRole']), deny('iam:*')],
      [],
    ],
    [
      'NotAction instead of Action',
      [allow('a:B')],
      [{ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: ['*'] }],
      ['+ everything but iam:*, sts:* on *'],
    ],
    [
      'NotAction leaves out less',
      [{ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: '*' }],
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }],
      ['+ everything but iam:* on *'],
    ],
    [
      'NotAction leaves out more',
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }],
      [{ Effect: 'Allow', NotAction: ['IAM:*', 'sts:*'], Resource: '*' }],
      ['− everything but iam:* on *'],
    ],
    [
      'an action that NotAction gave already',
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }],
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }, allow('s3:GetObject')],
      [],
    ],
    [
      'an action that NotAction left out',
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }],
      [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }, allow('iam:Pass*')],
      ['+ iam:Pass* on *'],
    ],
    [
      'NotResource instead of Resource',
      [allow('a:B', 'arn:aws:s3:::a')],
      [{ Effect: 'Allow', Action: 'a:B', NotResource: 'arn:aws:s3:::secret' }],
      ['+ a:B on everything but arn:aws:s3:::secret'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(between(session(...before), session(...after))).toEqual(expected);
  });

  test('thousands of actions are compared, and a few of them named', () => {
    const many = (from: number) => Array.from({ length: 5000 }, (_, n) => `s3:Get${n + from}`);
    const found = between(session(allow(many(0))), session(allow(many(100))));
    expect(found).toEqual([
      '+ s3:Get5000, s3:Get5001, s3:Get5002, s3:Get5003, s3:Get5004, s3:Get5005, s3:Get5006 and 93 more on *',
      '− s3:Get0, s3:Get1, s3:Get2, s3:Get3, s3:Get4, s3:Get5, s3:Get6 and 93 more on *',
    ]);
  });

  test.each<[string, JsonObject]>([
    ['statements that are no list', { roleArn: ROLE, statements: 'all' }],
    ['a statement without an action', { roleArn: ROLE, statements: [{ Effect: 'Allow', Resource: '*' }] }],
    [
      'an effect that IAM does not have',
      { roleArn: ROLE, statements: [{ ...allow('a:B'), Effect: 'Maybe' }] },
    ],
  ])('%s cannot be compared, which is said', (_, config) => {
    expect(between(session(allow('a:B')), config)).toContain('statements, which cannot be compared');
  });
});

describe('nothing that is gained is passed over', () => {
  const texts = ['a', 'b', 'aa', 'ab', 'ba', 'bb', 'aba', 'sts:gettoken'];
  const pattern = fc
    .array(fc.constantFrom('a', 'b', 'A', '*', '?'), { minLength: 1, maxLength: 3 })
    .map((l) => l.join(''));
  const names = fc.array(fc.oneof(pattern, fc.constantFrom('*', 'sts:*', 'sts:GetToken')), {
    minLength: 1,
    maxLength: 3,
  });
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: names,
    resources: names,
    notAction: fc.boolean(),
    notResource: fc.boolean(),
    condition: fc.constantFrom<(JsonObject | undefined)[]>(
      undefined,
      { Bool: { k: 'true' } },
      { Bool: { k: ['false'] } },
    ),
  });
  type Made = typeof statement extends fc.Arbitrary<infer T> ? T : never;
  const written = ({ Effect, actions, resources, notAction, notResource, condition }: Made): JsonObject => ({
    Effect,
    [notAction ? 'NotAction' : 'Action']: actions,
    [notResource ? 'NotResource' : 'Resource']: resources,
    ...(condition && { Condition: condition }),
  });
  const regexes = new Map<string, RegExp>();
  const regex = (glob: string, flags: string): RegExp => {
    const made =
      regexes.get(flags + glob) ?? new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags);
    regexes.set(flags + glob, made);
    return made;
  };
  /** As IAM has it; a token of a session is given only by its name. */
  const speaks = (one: Made, action: string, resource: string, k: string): boolean => {
    const isToken = action.startsWith('sts') && one.Effect === 'Allow';
    const isNamed = one.actions.some((glob) =>
      isToken ? glob.toLowerCase() === action : regex(glob, 'i').test(action),
    );
    return (
      (isToken ? isNamed && !one.notAction : isNamed !== one.notAction) &&
      one.resources.some((glob) => regex(glob, '').test(resource)) !== one.notResource &&
      (one.condition === undefined || JSON.stringify(one.condition).includes(`"${k}"`))
    );
  };
  const gives = (list: readonly Made[], ...what: [string, string, string]) =>
    list.some((one) => one.Effect === 'Allow' && speaks(one, ...what)) &&
    !list.some((one) => one.Effect === 'Deny' && speaks(one, ...what));

  test('of random statements', () => {
    const list = fc.array(statement, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(list, list, (before, after) => {
        const rows = rightRowsOf(
          folderOf({ logs: { config: session(...before.map(written)) } }),
          folderOf({ logs: { config: session(...after.map(written)) } }),
        );
        for (const action of texts)
          for (const resource of texts)
            for (const k of ['true', 'false']) {
              const [was, is] = [gives(before, action, resource, k), gives(after, action, resource, k)];
              if (was === is) continue;
              const told = rows.filter(({ becomes }) => becomes === (is ? 'gained' : 'lost'));
              const inRow = told.some(({ right }) => {
                if (right.is !== 'statement' && right.is !== 'denial') return false;
                const { actions, resources, condition } = right;
                return speaks(
                  {
                    Effect: right.is === 'denial' ? 'Deny' : 'Allow',
                    actions: 'only' in actions ? actions.only : actions.allBut,
                    resources: 'only' in resources ? resources.only : resources.allBut,
                    notAction: 'allBut' in actions,
                    notResource: 'allBut' in resources,
                    condition: condition as JsonObject | undefined,
                  },
                  action,
                  resource,
                  k,
                );
              });
              if (!inRow) throw new Error(`${action} on ${resource} (${k}) is not told`);
            }
      }),
      { numRuns: tries(1_000, 10_000) },
    );
  });
});

describe('a session', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'is no longer narrowed',
      session(allow('a:B')),
      { roleArn: ROLE },
      [`+ everything that the role ${ROLE} may do`],
    ],
    ['is narrowed', { roleArn: ROLE }, session(allow('a:B')), [`− everything that the role ${ROLE} may do`]],
    [
      'of another role',
      { roleArn: ROLE },
      { roleArn: OTHER },
      [`with the role ${ROLE} before, ${OTHER} now`],
    ],
    [
      'gets a managed policy',
      { ...session(allow('a:B')), policyArns: ['arn:aws:iam::aws:policy/Read'] },
      {
        ...session(allow('a:B')),
        policyArns: ['arn:aws:iam::aws:policy/Read', 'arn:aws:iam::aws:policy/Admin'],
      },
      ['+ what the managed policy arn:aws:iam::aws:policy/Admin allows'],
    ],
    [
      'that had all of the role gains nothing by a managed policy',
      { roleArn: ROLE },
      { roleArn: ROLE, policyArns: ['arn:aws:iam::aws:policy/Read'] },
      [`− everything that the role ${ROLE} may do`],
    ],
    [
      'loses the last managed policy, and is the whole role',
      { roleArn: ROLE, policyArns: ['arn:aws:iam::aws:policy/Read'] },
      { roleArn: ROLE },
      [`+ everything that the role ${ROLE} may do`],
    ],
    [
      'may go on to further roles',
      { roleArn: ROLE, chaining: false },
      { roleArn: ROLE, chaining: true },
      ['+ the session may assume further roles (chaining)'],
    ],
    [
      'has a key that is not understood',
      { roleArn: ROLE },
      { roleArn: ROLE, tags: { a: 'b' } },
      ['tags, which cannot be compared'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(between(before, after)).toEqual(expected);
  });
});

describe('guardrails', () => {
  test.each<[string, JsonObject | undefined, JsonObject | undefined, string[]]>([
    [
      'taken away',
      { regions: ['eu-west-1'], sourceIp: ['203.0.113.0/24'] },
      undefined,
      ['+ from any network (before only from 203.0.113.0/24)', '+ in any region (before only in eu-west-1)'],
    ],
    ['added', undefined, { regions: ['eu-west-1'] }, ['− in any region (now only in eu-west-1)']],
    [
      'a region more',
      { regions: ['eu-west-1'] },
      { regions: ['us-east-1', 'eu-west-1'] },
      ['+ also in us-east-1'],
    ],
    [
      'a range within the one that was',
      { sourceIp: ['203.0.113.0/24'] },
      { sourceIp: ['203.0.113.128/25'] },
      ['− no longer from 203.0.113.0/24'],
    ],
    [
      'a wider range',
      { sourceIp: ['203.0.113.128/25'] },
      { sourceIp: ['203.0.113.0/24'] },
      ['+ also from 203.0.113.0/24'],
    ],
    [
      'an endpoint beside public addresses is one more way in',
      { sourceIp: ['203.0.113.0/24'] },
      { sourceIp: ['203.0.113.0/24'], vpcEndpoints: ['vpce-0a1b2c3d'] },
      ['+ also from vpce-0a1b2c3d'],
    ],
    [
      'private addresses no longer count',
      { vpcEndpoints: ['vpce-0a1b2c3d'], vpcSourceIp: ['10.0.0.0/8'] },
      { vpcEndpoints: ['vpce-0a1b2c3d'] },
      ['+ from any address in the VPC (before only from the VPC’s addresses 10.0.0.0/8)'],
    ],
    ['MFA', { mfa: true }, {}, ['+ without MFA (before only with it)']],
    ['MFA asked for', {}, { mfa: true }, ['− only with MFA']],
    ['one that is not known', {}, { moon: 'full' }, ['guardrail moon']],
    ['the same in another order', { regions: ['a-b-1', 'c-d-1'] }, { regions: ['c-d-1', 'a-b-1'] }, []],
  ])('%s', (_, one, other, expected) => {
    const config = (guardrails?: JsonObject): JsonObject => ({
      roleArn: ROLE,
      ...(guardrails && { guardrails }),
    });
    expect(between(config(one), config(other))).toEqual(expected);
  });
});

describe('an entitlement', () => {
  const reads = { kind: 'iam-policy', config: { statements: [allow('s3:GetObject', 'arn:aws:s3:::a/*')] } };

  test('that is new gives all that it gives, and one that is gone no longer does', () => {
    const whole = { config: { roleArn: ROLE, chaining: true } };
    expect(changes({}, { logs: whole, files: reads })).toEqual([
      'files: + s3:GetObject on arn:aws:s3:::a/*',
      `logs: + everything that the role ${ROLE} may do`,
      'logs: + the session may assume further roles (chaining)',
    ]);
    expect(changes({ files: reads }, {})).toEqual(['files: − s3:GetObject on arn:aws:s3:::a/*']);
  });

  test('of a kind whose rights are not understood counts all the same', () => {
    const group = { kind: 'ldap-group', config: { group: 'admins' } };
    expect(changes({}, { admin: group })).toEqual(['admin: + what ldap-group gives']);
    expect(changes({ admin: group }, { admin: { ...group, config: { group: 'root' } } })).toEqual([
      'admin: group, which cannot be compared',
    ]);
  });

  test('of another kind gives everything anew', () => {
    expect(changes({ logs: reads }, { logs: { config: { roleArn: ROLE } } })).toEqual([
      `logs: + everything that the role ${ROLE} may do`,
      'logs: given as iam-policy before, as sts-session now',
      'logs: − s3:GetObject on arn:aws:s3:::a/*',
    ]);
  });

  test('of another account gives the same elsewhere', () => {
    expect(changes({ logs: reads }, { logs: { ...reads, account: '111122223333' } })).toEqual([
      'logs: in account 444455556666 before, in 111122223333 now',
    ]);
  });

  test('is named beside others of which the same becomes', () => {
    const ids = Array.from({ length: 40 }, (_, n) => `e${String(n).padStart(2, '0')}`);
    const all = (config: JsonObject) => Object.fromEntries(ids.map((id) => [id, { config }]));
    expect(changes(all(session(allow('a:B'))), all(session(allow(['a:B', 'a:C']))))).toEqual([
      'e00, e01, e02, e03, e04, e05, e06 and 33 more: + a:C on *',
    ]);
  });
});
