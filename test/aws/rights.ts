import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iam from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { clientsFor, type Clients } from '../support/aws/clients.js';
import type { Deployed } from '../support/aws/deployed.js';
import { OWN } from '../support/aws/emulator.js';
import { deployedAccount, onItems, role, TABLE, user, type Deed } from '../support/deploy/account.js';
import { ACCOUNT } from '../support/deploy/values.js';

const TableName = 'jit-prod';
const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
});
const PolicyName = 'jit-tried';
const everybody = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
});
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'TRIED' } });
const parameter = (name: string): Deed => ({
  action: 'ssm:GetParameter',
  resource: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/jit/prod/${name}`,
});
const query = (index: string): Deed => ({
  action: 'dynamodb:Query',
  resource: `${TABLE}/index/${index}`,
  context: { 'dynamodb:LeadingKeys': ['x'] },
});
const onIam = (action: string, resource: string): Deed => ({ action: `iam:${action}`, resource });
const assume = (resource: string): Deed => ({ action: 'sts:AssumeRole', resource });

type Try = [what: string, deed: Deed, call: (by: Clients) => Promise<unknown>];

const KEYS = ['REQUEST', 'PERSON', 'JIT', 'SEEN', 'GRANT', 'LEASE', 'NOTE'].map((kind) => `${kind}#tried`);
const ITEMS: Try[] = KEYS.flatMap((pk): Try[] => [
  [
    `read ${pk}`,
    onItems('GetItem', pk),
    ({ dynamodb: by }) => by.send(new dynamodb.GetItemCommand({ TableName, Key: key(pk) })),
  ],
  [
    `write ${pk}`,
    onItems('PutItem', pk),
    ({ dynamodb: by }) => by.send(new dynamodb.PutItemCommand({ TableName, Item: key(pk) })),
  ],
  [
    `change ${pk} in place`,
    onItems('UpdateItem', pk),
    ({ dynamodb: by }) => by.send(new dynamodb.UpdateItemCommand({ TableName, Key: key(pk) })),
  ],
  [
    `delete ${pk}`,
    onItems('DeleteItem', pk),
    ({ dynamodb: by }) => by.send(new dynamodb.DeleteItemCommand({ TableName, Key: key(pk) })),
  ],
  [
    `list ${pk}`,
    onItems('Query', pk),
    ({ dynamodb: by }) =>
      by.send(
        new dynamodb.QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
        }),
      ),
  ],
]);
const TABLES: Try[] = [
  [
    'read the whole table',
    { action: 'dynamodb:Scan', resource: TABLE },
    ({ dynamodb: by }) => by.send(new dynamodb.ScanCommand({ TableName })),
  ],
  ...[
    ['hide a grant among requests', 'REQUEST#tried', 'GRANT#tried'],
    ['hide a ledger of jit’s own among those of people', 'PERSON#tried', 'JIT#tried'],
  ].map(([what = '', ...keys]): Try => [
    what,
    onItems('PutItem', ...keys),
    ({ dynamodb: by }) =>
      by.send(
        new dynamodb.TransactWriteItemsCommand({
          TransactItems: keys.map((pk) => ({ Put: { TableName, Item: key(pk) } })),
        }),
      ),
  ]),
  ...[
    ['by-requester', 'requester'],
    ['by-due', 'due'],
    ['by-entitlement-time', 'entitlement'],
  ].map(([index = '', name = '']): Try => [
    `look into ${index}`,
    query(index),
    ({ dynamodb: by }) =>
      by.send(
        new dynamodb.QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: '#name = :x',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':x': { S: 'x' } },
        }),
      ),
  ]),
];
const OTHERS: Try[] = [
  [
    'read the token',
    parameter('slack-bot-token'),
    ({ ssm }) =>
      ssm.send(new GetParameterCommand({ Name: '/jit/prod/slack-bot-token', WithDecryption: true })),
  ],
  [
    'read the signing secret',
    parameter('slack-signing-secret'),
    ({ ssm }) =>
      ssm.send(new GetParameterCommand({ Name: '/jit/prod/slack-signing-secret', WithDecryption: true })),
  ],
  [
    'write the token',
    { ...parameter('slack-bot-token'), action: 'ssm:PutParameter' },
    ({ ssm }) =>
      ssm.send(
        new PutParameterCommand({ Name: '/jit/prod/slack-bot-token', Value: 'mine', Overwrite: true }),
      ),
  ],
  [
    'call the engine',
    {
      action: 'lambda:InvokeFunction',
      resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:jit-prod-stream`,
    },
    ({ lambda }) =>
      lambda.send(new InvokeCommand({ FunctionName: 'jit-prod-stream', Payload: '{"Records":[]}' })),
  ],
  [
    'assume a role under /jit/',
    assume(role('jit/OrdersLogs')),
    ({ sts }) => sts.send(assuming('jit/OrdersLogs')),
  ],
  [
    'assume a role outside /jit/ that trusts everybody',
    assume(role('Outside')),
    ({ sts }) => sts.send(assuming('Outside')),
  ],
  [
    'assume the role of another function',
    assume(role('jit-bot/jit-prod-sweep')),
    ({ sts }) => sts.send(assuming('jit-bot/jit-prod-sweep')),
  ],
];
const assuming = (path: string) =>
  new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${OWN}:role/${path}`, RoleSessionName: 'jit-tried' });
const IAM: Try[] = [
  ...['ana', 'eva'].flatMap((UserName): Try[] => [
    [
      `write a policy of ${UserName}`,
      onIam('PutUserPolicy', user(UserName)),
      ({ iam: by }) => by.send(new iam.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
    ],
    [
      `see the policies of ${UserName}`,
      onIam('ListUserPolicies', user(UserName)),
      ({ iam: by }) => by.send(new iam.ListUserPoliciesCommand({ UserName })),
    ],
    [
      `take the boundary from ${UserName}`,
      onIam('DeleteUserPermissionsBoundary', user(UserName)),
      ({ iam: by }) => by.send(new iam.DeleteUserPermissionsBoundaryCommand({ UserName })),
    ],
    [
      `attach a policy to ${UserName}`,
      onIam('AttachUserPolicy', user(UserName)),
      ({ iam: by }) =>
        by.send(
          new iam.AttachUserPolicyCommand({
            UserName,
            PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
          }),
        ),
    ],
    [
      `make keys of ${UserName}`,
      onIam('CreateAccessKey', user(UserName)),
      ({ iam: by }) => by.send(new iam.CreateAccessKeyCommand({ UserName })),
    ],
  ]),
  ...['jit/OrdersLogs', 'jit-bot/jit-prod-slack'].flatMap((path): Try[] => {
    const RoleName = path.split('/').at(-1)!;
    return [
      [
        `write a policy of ${path}`,
        onIam('PutRolePolicy', role(path)),
        ({ iam: by }) => by.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
      ],
      [
        `say who may assume ${path}`,
        onIam('UpdateAssumeRolePolicy', role(path)),
        ({ iam: by }) =>
          by.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: everybody })),
      ],
    ];
  }),
  [
    'make a user',
    onIam('CreateUser', user('mallory')),
    ({ iam: by }) => by.send(new iam.CreateUserCommand({ UserName: 'mallory' })),
  ],
];
const TRIES = [...ITEMS, ...TABLES, ...OTHERS, ...IAM];
const NAMES = ['slack', 'stream', 'sweep'] as const;

/** What each role may do and what it may not, by LocalEmu's IAM and by the double of test/deploy: they agree. */
export function rights(deployment: () => Deployed): void {
  let double: Awaited<ReturnType<typeof deployedAccount>>;
  const by = {} as Record<(typeof NAMES)[number], Clients>;

  beforeAll(async () => {
    double = await deployedAccount();
    const { root, emulator, outputs } = deployment();
    for (const [UserName, more] of [
      ['ana', { PermissionsBoundary: outputs['BoundaryArn'] }],
      ['eva', {}],
    ] as const)
      await root.iam.send(new iam.CreateUserCommand({ UserName, ...more }));
    await root.iam.send(
      new iam.CreateRoleCommand({ RoleName: 'Outside', AssumeRolePolicyDocument: everybody }),
    );
    for (const name of NAMES) {
      const RoleName = `jit-prod-${name}`;
      // Only Lambda may assume it: for as long as this takes, the account's root may, too.
      const { Role } = await root.iam.send(new iam.GetRoleCommand({ RoleName }));
      const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
      await root.iam.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: everybody }));
      const { Credentials } = await root.sts.send(assuming(`jit-bot/${RoleName}`));
      await root.iam.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: before }));
      by[name] = clientsFor(emulator.endpoint, {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      });
    }
  });
  afterAll(async () => {
    await double?.cloud.close();
  });

  test.each(NAMES)('%s may do what the list says, and is refused everything else', async (name) => {
    const differ: string[] = [];
    for (const [what, deed, call] of TRIES) {
      const allowed = await isAllowed(call(by[name]));
      if (allowed !== double.may(name, deed)) differ.push(`${what}: ${allowed ? 'may' : 'may not'}`);
    }
    expect(differ).toEqual([]);
    expect(TRIES.filter(([, deed]) => !double.may(name, deed)).length).toBeGreaterThan(20);
  });
}

/** Whether it was refused for want of rights; what went wrong otherwise was allowed. */
async function isAllowed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    return !(error as Error).name.startsWith('AccessDenied');
  }
}
