/**
 * Every right of every role that the deployment makes, with its reason: a change of serverless.yml or of
 * docs/target-role.yml that gives more, less, or something else has to be written here too, where it is reviewed.
 * Values as they are with the default parameters, in account 999900001111 and region eu-west-1.
 */
export interface Right {
  Sid: string;
  Effect?: 'Deny';
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
  /** What it is for. */
  why: string;
  /** Why it cannot name its resources more closely: wherever one ends in, or is, a wildcard. */
  wildcard?: string;
}

const TABLE = 'arn:aws:dynamodb:eu-west-1:999900001111:table/jit-prod';
const BOT_TOKEN = 'arn:aws:ssm:eu-west-1:999900001111:parameter/jit/prod/slack-bot-token';
const SIGNING_SECRET = 'arn:aws:ssm:eu-west-1:999900001111:parameter/jit/prod/slack-signing-secret';
const KEYS = ['arn:aws:kms:eu-west-1:999900001111:key/*'];
const PRINCIPALS = ['arn:aws:iam::999900001111:role/*', 'arn:aws:iam::999900001111:user/*'];
const REQUESTABLE = ['arn:aws:iam::*:role/jit/*'];

/** Only items whose partition key begins so. */
const items = (...keys: string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
  // ForAllValues holds where there is no key at all, as in a Scan.
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

const log = (name: string): Right => ({
  Sid: 'Log',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [`arn:aws:logs:eu-west-1:999900001111:log-group:/aws/lambda/jit-prod-${name}:*`],
  why: 'its own log; the group is made by the stack, with its retention',
  wildcard: 'the streams of this one group, which Lambda names',
});

const decrypt = (Sid: string, parameters: string[]): Right => ({
  Sid,
  Action: ['kms:Decrypt'],
  Resource: KEYS,
  Condition: {
    StringEquals: {
      'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
      'kms:EncryptionContext:PARAMETER_ARN': parameters,
    },
  },
  why: 'a SecureString under a key of the customer’s own; the AWS managed key aws/ssm needs no such right',
  wildcard: 'which key is the owner’s choice; only through SSM, and only for these parameters',
});

const findByRequester: Right = {
  Sid: 'FindByRequester',
  Action: ['dynamodb:Query'],
  Resource: [`${TABLE}/index/by-requester`],
  why: 'a person’s own requests, for their lists, for policies that count them, and where they have left; the key of this index is an account or an e-mail address',
};
const readRecords: Right = {
  Sid: 'ReadRecords',
  Action: ['dynamodb:Query'],
  Resource: [TABLE],
  Condition: items('REQUEST#*'),
  why: 'the history of one request: for /jit status, in the threads under messages about it, and for how long it was used',
};
const findDue: Right = {
  Sid: 'FindDue',
  Action: ['dynamodb:Query'],
  Resource: [`${TABLE}/index/by-due`],
  why: 'what is due, of any request: for the sweep, and for what waits for somebody in their App Home; and who is away, so that others may stand in; this index holds keys only',
};

const slack: Right[] = [
  log('slack'),
  {
    Sid: 'ReadSecrets',
    Action: ['ssm:GetParameter'],
    Resource: [BOT_TOKEN, SIGNING_SECRET],
    why: 'to know Slack by its signature, and to open modals',
  },
  decrypt('DecryptSecrets', [BOT_TOKEN, SIGNING_SECRET]),
  {
    Sid: 'ReadItems',
    Action: ['dynamodb:GetItem'],
    Resource: [TABLE],
    Condition: items('REQUEST#*', 'PERSON#*', 'SEEN#*', 'NOTE#*'),
    why: 'a request, who stands in for a person, whether a write of its own has landed, and who is in which group; no grant and no lease',
  },
  readRecords,
  findByRequester,
  findDue,
  {
    Sid: 'WriteRequests',
    Action: ['dynamodb:PutItem'],
    Resource: [TABLE],
    Condition: items('REQUEST#*', 'PERSON#*', 'SEEN#*'),
    why: 'claims and wishes of people, about a request or about who stands in for them, and the order to end access where such a wish cannot be recorded (invariant 13: no grant, no lease, no group, nothing of jit’s own); a transaction needs no right of its own',
  },
];

const engine: Right[] = [
  findByRequester,
  findDue,
  {
    Sid: 'ReadSecret',
    Action: ['ssm:GetParameter'],
    Resource: [BOT_TOKEN],
    why: 'to write to Slack; the signing secret is not its business',
  },
  decrypt('DecryptSecret', [BOT_TOKEN]),
  {
    Sid: 'ReadItems',
    Action: ['dynamodb:GetItem'],
    Resource: [TABLE],
    Condition: items('REQUEST#*', 'PERSON#*', 'JIT#*', 'GRANT#*', 'NOTE#*'),
    why: 'requests, orders to end their access, grants, ledgers, and who is in which group',
  },
  readRecords,
  {
    Sid: 'WriteItems',
    Action: ['dynamodb:PutItem'],
    Resource: [TABLE],
    Condition: items('REQUEST#*', 'PERSON#*', 'JIT#*', 'GRANT#*', 'LEASE#*', 'NOTE#*'),
    why: 'what it decided and did, grants, their timers, ledgers, and the groups; and an order to end that needs no looking for any more',
  },
  {
    Sid: 'EndLeases',
    Action: ['dynamodb:DeleteItem'],
    Resource: [TABLE],
    Condition: items('LEASE#*'),
    why: 'the timer of a grant that is gone; nobody can delete a request, a record or a grant',
  },
  {
    Sid: 'AssumeRoles',
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    Resource: REQUESTABLE,
    why: 'sessions for people, tied to person and request; and the management role of another account',
    wildcard:
      'which accounts and roles is the catalog’s business, and each of them has to trust this role; only under /jit/',
  },
  {
    Sid: 'ReadPolicies',
    Action: ['iam:GetRolePolicy', 'iam:GetUserPolicy', 'iam:ListRolePolicies', 'iam:ListUserPolicies'],
    Resource: PRINCIPALS,
    why: 'to see what room is left, and to read back what was written and removed',
    wildcard: 'who receives a grant is known at run time; IAM knows no condition on the boundary for reading',
  },
  {
    Sid: 'WritePolicies',
    Action: ['iam:PutRolePolicy', 'iam:PutUserPolicy', 'iam:DeleteRolePolicy', 'iam:DeleteUserPolicy'],
    Resource: PRINCIPALS,
    Condition: {
      StringEquals: {
        'iam:PermissionsBoundary': 'arn:aws:iam::999900001111:policy/jit-bot/jit-prod-boundary',
      },
    },
    why: 'iam-policy grants, and the Deny that ends a session early',
    wildcard:
      'who receives a grant is known at run time; whoever does not carry the boundary is out of reach',
  },
  {
    Sid: 'NeverItself',
    Effect: 'Deny',
    Action: ['iam:*', 'sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    Resource: ['arn:aws:iam::999900001111:role/jit-bot/*', 'arn:aws:iam::999900001111:policy/jit-bot/*'],
    why: 'the bot’s own roles and the boundary, whatever else somebody allows this role by mistake',
    wildcard: 'a Deny: the wider the better',
  },
  {
    Sid: 'NeverMore',
    Effect: 'Deny',
    Action: [
      'iam:*Group*',
      'iam:*PermissionsBoundary',
      'iam:Add*',
      'iam:Attach*',
      'iam:Create*',
      'iam:DeletePolicy*',
      'iam:Detach*',
      'iam:PassRole',
      'iam:Set*',
      'iam:Tag*',
      'iam:Untag*',
      'iam:Update*',
    ],
    Resource: ['*'],
    why: 'each other way in IAM to give rights or to shed a boundary, whatever else somebody allows this role by mistake',
    wildcard: 'a Deny: the wider the better',
  },
];

const stream: Right[] = [
  log('stream'),
  {
    Sid: 'ReadStream',
    Action: [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
    Resource: [`${TABLE}/stream/2026-11-20T00:00:00.000`],
    why: 'Lambda reads the table’s stream in its name, and asks for these four when the mapping is made',
  },
  {
    Sid: 'GiveUp',
    Action: ['sqs:SendMessage'],
    Resource: ['arn:aws:sqs:eu-west-1:999900001111:jit-prod-dead-letters'],
    why: 'Lambda puts there, in its name, where in the stream it gave up',
  },
  ...engine,
];

const sweep: Right[] = [log('sweep'), ...engine];

const everythingButIdentities: Right[] = [
  {
    Sid: 'WhatGrantsMayGive',
    NotAction: [
      'iam:*',
      'organizations:*',
      'account:*',
      'identitystore:*',
      'identitystore-auth:*',
      'rolesanywhere:*',
      'sso:*',
      'sso-directory:*',
      'sso-oauth:*',
    ],
    Resource: ['*'],
    why: 'a boundary gives nothing by itself: what a grant gives stands in the catalog. Who may give rights, in IAM, in Identity Center or by certificate, could shed the boundary and outlive the end',
    wildcard: 'what a company will ask for is not known here; narrow it where it is',
  },
  {
    Sid: 'PasswordsAndMfa',
    Action: [
      'iam:ChangePassword',
      'iam:CreateVirtualMFADevice',
      'iam:EnableMFADevice',
      'iam:GetAccountPasswordPolicy',
      'iam:GetUser',
      'iam:ListMFADevices',
    ],
    Resource: ['*'],
    why: 'IAM users who carry it can still look after their own password and MFA, where another policy lets them',
    wildcard: 'none of them gives a right',
  },
  {
    Sid: 'NoOtherRoles',
    Effect: 'Deny',
    Action: ['sts:AssumeRole', 'sts:AssumeRoot'],
    NotResource: REQUESTABLE,
    why: 'a role outside /jit/ knows no end and no boundary',
    wildcard: 'what may be assumed is what the bot may assume',
  },
  {
    Sid: 'NotItsWitness',
    Effect: 'Deny',
    Action: [
      'cloudtrail:Delete*',
      'cloudtrail:Deregister*',
      'cloudtrail:Disable*',
      'cloudtrail:Put*',
      'cloudtrail:Stop*',
      'cloudtrail:Update*',
    ],
    Resource: ['*'],
    why: 'CloudTrail shows what was done with a grant and who changed one by hand; a Deny, since an event data store has a policy of its own that may allow it',
    wildcard: 'a Deny: the wider the better',
  },
];

const boundary: Right[] = [
  ...everythingButIdentities,
  {
    Sid: 'NotJitItself',
    Effect: 'Deny',
    Action: ['*'],
    Resource: [
      TABLE,
      `${TABLE}/*`,
      'arn:aws:sqs:eu-west-1:999900001111:jit-prod-dead-letters',
      'arn:aws:s3:::serverlessdeploymentbucket',
      'arn:aws:s3:::serverlessdeploymentbucket/*',
      'arn:aws:lambda:eu-west-1:999900001111:function:jit-prod-*',
      'arn:aws:logs:eu-west-1:999900001111:log-group:/aws/lambda/jit-prod-*',
      'arn:aws:logs:eu-west-1:999900001111:log-group:/aws/http-api/jit-prod*',
      'arn:aws:events:eu-west-1:999900001111:rule/jit-prod-*',
      'arn:aws:cloudwatch:eu-west-1:999900001111:alarm:jit-prod-*',
      'arn:aws:cloudformation:eu-west-1:999900001111:stack/jit-prod/*',
      'arn:aws:apigateway:eu-west-1::/apis/httpapi*',
      BOT_TOKEN,
      SIGNING_SECRET,
    ],
    why: 'who may rewrite the record, the code or the secrets gives themselves what they like',
    wildcard: 'a Deny: the wider the better',
  },
  {
    Sid: 'NotItsTriggers',
    Effect: 'Deny',
    Action: ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    Resource: ['*'],
    Condition: {
      ArnLike: { 'lambda:FunctionArn': 'arn:aws:lambda:eu-west-1:999900001111:function:jit-prod-*' },
    },
    why: 'without its stream jit ends access a minute later, at the sweep',
    wildcard: 'a Deny; a mapping has a random name',
  },
  {
    Sid: 'NotItsNumbers',
    Effect: 'Deny',
    Action: ['cloudwatch:PutMetricData'],
    Resource: ['*'],
    Condition: { StringEquals: { 'cloudwatch:namespace': 'jit-prod' } },
    why: 'a heartbeat that somebody else writes hides a sweep that has stopped',
    wildcard: 'CloudWatch knows no resource for a metric, only its namespace',
  },
];

/** Of serverless.yml. */
export const RIGHTS = { slack, stream, sweep, boundary };

/** What each of the three roles has besides, where policyBucket is `corp-jit`. */
export const POLICY_OBJECT: Right = {
  Sid: 'ReadPolicyObject',
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: ['arn:aws:s3:::corp-jit/bundle.json'],
  Condition: { StringEquals: { 's3:ResourceAccount': '999900001111' } },
  why: 'policies that change without a deployment: this one object, an earlier version of it while a broken one lies on top, and only in a bucket of jit’s own account',
};

export const PAGERDUTY_TOKEN = 'arn:aws:ssm:eu-west-1:999900001111:parameter/jit/prod/pagerduty';
const READS_SECRETS = ['ReadSecret', 'ReadSecrets', 'DecryptSecret', 'DecryptSecrets'];

/** A role's rights where pagerDutyTokenParameter is `/jit/prod/pagerduty`: it may read that one besides. */
export const withPagerDuty = (rights: Right[]): Right[] =>
  rights.map((right) => {
    if (!READS_SECRETS.includes(right.Sid)) return right;
    const more = JSON.stringify(right).replaceAll(`"${BOT_TOKEN}"`, `"${BOT_TOKEN}","${PAGERDUTY_TOKEN}"`);
    return JSON.parse(more) as Right;
  });

/** Then nobody who receives access may touch these, either: who writes the policies gives themselves what they like. */
export const NOT_THE_POLICIES = ['arn:aws:s3:::corp-jit/bundle.json', 'arn:aws:s3:::corp-jit'];

const inOther = (right: Right | undefined): Right =>
  JSON.parse(
    JSON.stringify(right)
      .replaceAll('999900001111', '111122223333')
      .replaceAll('jit-prod-boundary', 'jit-boundary'),
  ) as Right;

/** Of docs/target-role.yml, in account 111122223333. */
export const TARGET_RIGHTS = {
  boundary: everythingButIdentities,
  manage: [
    inOther(engine.find(({ Sid }) => Sid === 'ReadPolicies')),
    inOther(engine.find(({ Sid }) => Sid === 'WritePolicies')),
    {
      Sid: 'NeverItself',
      Effect: 'Deny',
      Action: ['iam:*'],
      Resource: [
        'arn:aws:iam::111122223333:role/jit/Manage',
        'arn:aws:iam::111122223333:role/jit-bot/*',
        'arn:aws:iam::111122223333:policy/jit-bot/*',
      ],
      why: 'the management role itself and the boundary',
      wildcard: 'a Deny: the wider the better',
    },
  ] satisfies Right[],
};
