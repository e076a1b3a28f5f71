/** @project outside */
import { deployedAccount, onItems, role, TABLE, user, type Deed } from '../support/deploy/account.js';
import { ACCOUNT } from '../support/deploy/values.js';

// What could an attacker do who owns a function: its code, its credentials, its memory? By its role, as the template
// makes it and as IAM would judge. The answer in words is in docs/security.md.

const parameter = (name: string) => `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/${name}`;
const key = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0f1e`;
const lambda = (name: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const log = (name: string) =>
  `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/jit-prod-${name}:log-stream:x`;
const decrypting = (name: string, service = 'ssm') => ({
  'kms:ViaService': `${service}.eu-west-1.amazonaws.com`,
  'kms:EncryptionContext:PARAMETER_ARN': parameter(name),
});
const iam = (action: string, resource: string): Deed => ({ action: `iam:${action}`, resource });
const metric = (namespace: string): Deed => ({
  action: 'cloudwatch:PutMetricData',
  resource: '*',
  context: { 'cloudwatch:namespace': namespace },
});
const TRAIL = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/all`;
const assume = (resource: string): Deed => ({ action: 'sts:AssumeRole', resource });

let may: Awaited<ReturnType<typeof deployedAccount>>['may'];
let close: () => Promise<void>;
beforeAll(async () => {
  const account = await deployedAccount();
  may = account.may;
  close = () => account.cloud.close();
});
afterAll(async () => {
  await close();
});

describe('who owns the function that faces the internet', () => {
  const can: [string, Deed][] = [
    ['read any request', onItems('GetItem', 'REQUEST#01')],
    ['read any history', onItems('Query', 'REQUEST#01')],
    [
      'list what a person has asked for',
      {
        action: 'dynamodb:Query',
        resource: `${TABLE}/index/by-requester`,
        context: { 'dynamodb:LeadingKeys': ['ana@corp.example'] },
      },
    ],
    ['forge a request, a vote or a wish to end access', onItems('PutItem', 'REQUEST#01')],
    ['end access early, by an order (END) that lies under the request', onItems('PutItem', 'REQUEST#01')],
    [
      'see which requests are open, whosever they are',
      {
        action: 'dynamodb:Query',
        resource: `${TABLE}/index/by-due`,
        context: { 'dynamodb:LeadingKeys': ['DUE#0'] },
      },
    ],
    ['forge what a person has said about themselves', onItems('PutItem', 'PERSON#slack/T0/U0')],
    ['use up a signature', onItems('PutItem', 'SEEN#ab')],
    ['read who is in which group', onItems('GetItem', 'NOTE#directory')],
    ['read the bot’s token', { action: 'ssm:GetParameter', resource: parameter('jit/prod/slack-bot-token') }],
    [
      'read the signing secret',
      { action: 'ssm:GetParameter', resource: parameter('jit/prod/slack-signing-secret') },
    ],
    ['write into its own log', { action: 'logs:PutLogEvents', resource: log('slack') }],
  ];
  test.each(can)('can %s', (_, deed) => {
    expect(may('slack', deed)).toBe(true);
  });

  const cannot: [string, Deed][] = [
    ['write a grant', onItems('PutItem', 'GRANT#01')],
    ['read a grant', onItems('GetItem', 'GRANT#01')],
    ['write a lease', onItems('PutItem', 'LEASE#01')],
    ['say who is in which group', onItems('PutItem', 'NOTE#directory')],
    ['hide a grant among requests in one call', onItems('PutItem', 'REQUEST#01', 'GRANT#01')],
    ['write several at once', onItems('BatchWriteItem', 'REQUEST#01')],
    ['write without naming an item', { action: 'dynamodb:PutItem', resource: TABLE }],
    ['change an item in place', onItems('UpdateItem', 'REQUEST#01')],
    ['change a grant in place', onItems('UpdateItem', 'GRANT#01')],
    ['delete a request, its history, or an order to end it (END)', onItems('DeleteItem', 'REQUEST#01')],
    ['let an order to end it expire by changing it in place', onItems('UpdateItem', 'REQUEST#01')],
    ['delete a grant', onItems('DeleteItem', 'GRANT#01')],
    ['end a lease early', onItems('DeleteItem', 'LEASE#01')],
    ['read the whole table', { action: 'dynamodb:Scan', resource: TABLE }],
    ['read a whole index', { action: 'dynamodb:Scan', resource: `${TABLE}/index/by-requester` }],
    ['write a ledger of jit’s own', onItems('PutItem', 'JIT#lockdowns')],
    ['read a ledger of jit’s own', onItems('GetItem', 'JIT#lockdowns')],
    ['delete what a person has said', onItems('DeleteItem', 'PERSON#slack/T0/U0')],
    ['query grants', onItems('Query', 'GRANT#01')],
    ['query without naming a key', { action: 'dynamodb:Query', resource: TABLE }],
    ['get round the keys by PartiQL', onItems('PartiQLUpdate', 'REQUEST#01')],
    [
      'read the stream',
      { action: 'dynamodb:GetRecords', resource: `${TABLE}/stream/2026-11-20T00:00:00.000` },
    ],
    ['drop the table', { action: 'dynamodb:DeleteTable', resource: TABLE }],
    ['switch TTL off', { action: 'dynamodb:UpdateTimeToLive', resource: TABLE }],
    ['roll the record back', { action: 'dynamodb:RestoreTableToPointInTime', resource: TABLE }],
    ['open a session', assume(role('jit/OrdersLogs'))],
    ['open a session in another account', assume('arn:aws:iam::111122223333:role/jit/OrdersLogs')],
    ['take the engine’s role', assume(role('jit-bot/jit-prod-stream'))],
    ['give a person a policy', iam('PutUserPolicy', user('ana'))],
    ['give a role a policy', iam('PutRolePolicy', role('jit/OrdersLogs'))],
    ['give itself a policy', iam('PutRolePolicy', role('jit-bot/jit-prod-slack'))],
    ['look around in IAM', iam('ListRoles', '*')],
    ['read another parameter', { action: 'ssm:GetParameter', resource: parameter('payments/password') }],
    [
      'read another stage’s token',
      { action: 'ssm:GetParameter', resource: parameter('jit/dev/slack-bot-token') },
    ],
    [
      'put another secret in place',
      { action: 'ssm:PutParameter', resource: parameter('jit/prod/slack-signing-secret') },
    ],
    ['list parameters', { action: 'ssm:GetParametersByPath', resource: parameter('jit/prod') }],
    [
      'decrypt something else through SSM',
      { action: 'kms:Decrypt', resource: key, context: decrypting('payments/password') },
    ],
    [
      'decrypt past SSM',
      { action: 'kms:Decrypt', resource: key, context: decrypting('jit/prod/slack-bot-token', 's3') },
    ],
    ['call the engine’s functions', { action: 'lambda:InvokeFunction', resource: lambda('jit-prod-stream') }],
    [
      'change its own code for good',
      { action: 'lambda:UpdateFunctionCode', resource: lambda('jit-prod-slack') },
    ],
    ['read the engine’s log', { action: 'logs:FilterLogEvents', resource: log('stream') }],
    ['forge a heartbeat in the sweep’s log', { action: 'logs:PutLogEvents', resource: log('sweep') }],
    ['delete its own log', { action: 'logs:DeleteLogStream', resource: log('slack') }],
    ['silence an alarm', { action: 'cloudwatch:DisableAlarmActions', resource: '*' }],
    [
      'empty the dead letters',
      { action: 'sqs:PurgeQueue', resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:jit-prod-dead-letters` },
    ],
  ];
  test.each(cannot)('invariant 13: cannot %s', (_, deed) => {
    expect(may('slack', deed)).toBe(false);
  });
});

describe.each(['stream', 'sweep'] as const)('who owns the function %s', (name) => {
  const can: [string, Deed][] = [
    ['open a session of any role that trusts it', assume('arn:aws:iam::111122223333:role/jit/OrdersLogs')],
    ['use another account’s management role', assume('arn:aws:iam::111122223333:role/jit/Manage')],
    ['give a person who carries the boundary a policy', iam('PutUserPolicy', user('ana'))],
    ['take a policy from them', iam('DeleteUserPolicy', user('ana'))],
    ['write a Deny on a role that carries the boundary', iam('PutRolePolicy', role('jit/OrdersLogs'))],
    ['write grants', onItems('PutItem', 'GRANT#01')],
    ['end leases', onItems('DeleteItem', 'LEASE#01')],
    ['read the bot’s token', { action: 'ssm:GetParameter', resource: parameter('jit/prod/slack-bot-token') }],
  ];
  test.each(can)('can %s', (_, deed) => {
    expect(may(name, deed)).toBe(true);
  });

  const cannot: [string, Deed][] = [
    ['give rights to its own role', iam('PutRolePolicy', role(`jit-bot/jit-prod-${name}`))],
    [
      'give rights to the function that faces the internet',
      iam('PutRolePolicy', role('jit-bot/jit-prod-slack')),
    ],
    [
      'write to one of the bot’s roles, even if that carries the boundary',
      {
        ...iam('PutRolePolicy', role('jit-bot/jit-prod-sweep')),
        context: { 'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/jit-bot/jit-prod-boundary` },
      },
    ],
    ['take the rights of the bot’s own roles', iam('DeleteRolePolicy', role('jit-bot/jit-prod-sweep'))],
    ['change whom its role trusts', iam('UpdateAssumeRolePolicy', role(`jit-bot/jit-prod-${name}`))],
    [
      'rewrite the boundary',
      iam('CreatePolicyVersion', `arn:aws:iam::${ACCOUNT}:policy/jit-bot/jit-prod-boundary`),
    ],
    ['take the boundary from a person', iam('DeleteUserPermissionsBoundary', user('ana'))],
    ['put a wider boundary on a role', iam('PutRolePermissionsBoundary', role('jit/OrdersLogs'))],
    ['give a person without a boundary a policy', iam('PutUserPolicy', user('bob'))],
    ['give a person with another boundary a policy', iam('PutUserPolicy', user('eva'))],
    ['give a role under /jit/ without a boundary a policy', iam('PutRolePolicy', role('jit/Legacy'))],
    ['give an administrator’s role a policy', iam('PutRolePolicy', role('Admin'))],
    ['attach AdministratorAccess, even within the boundary', iam('AttachUserPolicy', user('ana'))],
    ['make a user', iam('CreateUser', user('mallory'))],
    ['make keys for a person', iam('CreateAccessKey', user('ana'))],
    ['give a group a policy', iam('PutGroupPolicy', `arn:aws:iam::${ACCOUNT}:group/admins`)],
    ['change whom a requestable role trusts', iam('UpdateAssumeRolePolicy', role('jit/OrdersLogs'))],
    ['hand a role to a service', iam('PassRole', role('jit/OrdersLogs'))],
    ['assume a role outside /jit/', assume(role('Admin'))],
    [
      'assume a role outside /jit/ elsewhere',
      assume('arn:aws:iam::111122223333:role/OrganizationAccountAccessRole'),
    ],
    [
      'assume a role whose name only begins like the path',
      assume('arn:aws:iam::111122223333:role/jit-admin'),
    ],
    ['assume the role of another of the bot’s functions', assume(role('jit-bot/jit-prod-slack'))],
    [
      'read the signing secret',
      { action: 'ssm:GetParameter', resource: parameter('jit/prod/slack-signing-secret') },
    ],
    ['delete a request or its history', onItems('DeleteItem', 'REQUEST#01')],
    ['delete a grant', onItems('DeleteItem', 'GRANT#01')],
    ['forget a signature', onItems('PutItem', 'SEEN#ab')],
    ['read the whole table', { action: 'dynamodb:Scan', resource: TABLE }],
    ['drop the table', { action: 'dynamodb:DeleteTable', resource: TABLE }],
    ['change code', { action: 'lambda:UpdateFunctionCode', resource: lambda('jit-prod-slack') }],
  ];
  test.each(cannot)('cannot %s', (_, deed) => {
    expect(may(name, deed)).toBe(false);
  });
});

describe.each(['ana', 'OrdersLogs'] as const)(
  'whoever was given everything, but carries the boundary (%s)',
  (name) => {
    const can: [string, Deed][] = [
      ['read a bucket', { action: 's3:GetObject', resource: 'arn:aws:s3:::billing/2026.csv' }],
      ['read the trail', { action: 'cloudtrail:LookupEvents', resource: '*' }],
      ['look at trails', { action: 'cloudtrail:DescribeTrails', resource: '*' }],
      ['write a metric of their own', metric('orders')],
      ['change their own password', iam('ChangePassword', user('ana'))],
    ];
    test.each(can)('can %s', (_, deed) => {
      expect(may(name, deed)).toBe(true);
    });

    const cannot: [string, Deed][] = [
      ['give themselves a policy', iam('PutUserPolicy', user('ana'))],
      ['shed the boundary', iam('DeleteUserPermissionsBoundary', user('ana'))],
      ['make keys that outlive the end', iam('CreateAccessKey', user('ana'))],
      ['hand a role to a service', iam('PassRole', role('Admin'))],
      ['assume a role that knows no end', assume(role('Admin'))],
      ['give themselves a permission set', { action: 'sso:CreateAccountAssignment', resource: '*' }],
      ['widen a permission set', { action: 'sso:PutInlinePolicyToPermissionSet', resource: '*' }],
      [
        'trade a token for a session of Identity Center’s',
        { action: 'sso-oauth:CreateTokenWithIAM', resource: '*' },
      ],
      ['join a group of Identity Center’s', { action: 'identitystore:CreateGroupMembership', resource: '*' }],
      ['do so the old way', { action: 'sso-directory:AddMemberToGroup', resource: '*' }],
      ['see others’ sessions there', { action: 'identitystore-auth:ListSessions', resource: '*' }],
      ['let themselves in by certificate', { action: 'rolesanywhere:CreateTrustAnchor', resource: '*' }],
      ...[
        'StopLogging',
        'StopEventDataStoreIngestion',
        'DeleteTrail',
        'DeleteEventDataStore',
        'UpdateTrail',
        'UpdateEventDataStore',
        'PutEventSelectors',
        'PutInsightSelectors',
        'DeregisterOrganizationDelegatedAdmin',
        'DisableFederation',
      ].map((action): [string, Deed] => [
        `hide from CloudTrail by ${action}`,
        { action: `cloudtrail:${action}`, resource: TRAIL },
      ]),
      ['forge a heartbeat', metric('jit-prod')],
      ...['DeleteAlarms', 'DisableAlarmActions', 'PutAlarmMuteRule', 'PutMetricAlarm', 'SetAlarmState'].map(
        (action): [string, Deed] => [
          `silence an alarm by ${action}`,
          {
            action: `cloudwatch:${action}`,
            resource: `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:jit-prod-heartbeat`,
          },
        ],
      ),
      [
        'take the numbers out of the log',
        {
          action: 'logs:DeleteMetricFilter',
          resource: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/jit-prod-sweep`,
        },
      ],
      [
        'delete the access log of its address',
        {
          action: 'logs:DeleteLogGroup',
          resource: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/http-api/jit-prod`,
        },
      ],
      ['leave the organisation', { action: 'organizations:LeaveOrganization', resource: '*' }],
      ['write themselves a grant', onItems('PutItem', 'GRANT#01')],
      ['read the record', { action: 'dynamodb:Query', resource: `${TABLE}/index/by-requester` }],
      [
        'read the bot’s token',
        { action: 'ssm:GetParameter', resource: parameter('jit/prod/slack-bot-token') },
      ],
      ['change the bot’s code', { action: 'lambda:UpdateFunctionCode', resource: lambda('jit-prod-stream') }],
      [
        'stop the sweep',
        {
          action: 'events:DisableRule',
          resource: `arn:aws:events:eu-west-1:${ACCOUNT}:rule/jit-prod-SweepEventsRuleSchedule1-A1`,
        },
      ],
      [
        'unhook the stream',
        {
          action: 'lambda:DeleteEventSourceMapping',
          resource: '*',
          context: { 'lambda:FunctionArn': lambda('jit-prod-stream') },
        },
      ],
      [
        'remove the stack',
        {
          action: 'cloudformation:DeleteStack',
          resource: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/jit-prod/0f1e`,
        },
      ],
      [
        'call a function of the bot’s',
        { action: 'lambda:InvokeFunction', resource: lambda('jit-prod-stream') },
      ],
    ];
    test.each(cannot)('cannot %s', (_, deed) => {
      expect(may(name, deed)).toBe(false);
    });
  },
);
