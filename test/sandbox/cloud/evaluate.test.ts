import type { PolicyDocument, Statement } from '../../../src/sandbox/cloud/documents.js';
import { evaluate, type Layers } from '../../../src/sandbox/cloud/evaluate.js';
import type { Context } from '../../../src/sandbox/cloud/match.js';

// Each rule is AWS's, from the IAM User Guide: policy evaluation logic, condition operators, multi-valued keys,
// policy variables.

const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
});
const deny = (more: Partial<Statement> = {}): Statement => ({ ...allow(more), Effect: 'Deny' });
const onlyIf = (Condition: NonNullable<Statement['Condition']>): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(allow({ Condition })) }],
});
const unless = (Condition: NonNullable<Statement['Condition']>): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(allow(), deny({ Condition })) }],
});
const has = (...statements: Statement[]): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(...statements) }],
});
const everything = has(allow());
const layer = (...statements: Statement[]) => [{ name: 'q', document: policy(...statements) }];

interface Case {
  rule: string;
  layers: Partial<Layers>;
  action?: string;
  resource?: string;
  context?: Context;
  allowed: boolean;
}
const at = (time: string): Context => ({ 'aws:CurrentTime': time });
const END = '2026-11-20T10:00:00Z';

const CASES: Case[] = [
  { rule: 'what nothing allows is denied', layers: {}, allowed: false },
  { rule: 'an Allow allows', layers: everything, allowed: true },
  { rule: 'an explicit Deny beats an Allow', layers: has(allow(), deny()), allowed: false },
  {
    rule: 'a Deny of another action does not matter',
    layers: has(allow(), deny({ Action: 'iam:*' })),
    allowed: true,
  },
  {
    rule: 'actions are compared without case',
    layers: has(allow({ Action: 'S3:getobject' })),
    allowed: true,
  },
  {
    rule: 'a wildcard stands anywhere in an action',
    layers: has(allow({ Action: 's3:Get*ect' })),
    allowed: true,
  },
  {
    rule: 'a question mark is one character, not none',
    layers: has(allow({ Action: 's3:GetObject?' })),
    allowed: false,
  },
  {
    rule: 'a dot in a pattern is a dot',
    layers: has(allow({ Resource: 'arn:aws:s3:::a.b' })),
    resource: 'arn:aws:s3:::axb',
    allowed: false,
  },
  {
    rule: 'NotAction is everything else',
    layers: has({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
    allowed: true,
  },
  {
    rule: 'NotAction leaves out what it lists',
    layers: has({ Effect: 'Allow', NotAction: ['s3:*', 'iam:*'], Resource: '*' }),
    allowed: false,
  },
  {
    rule: 'resources are compared with case',
    layers: has(allow({ Resource: 'arn:aws:s3:::Logs/*' })),
    allowed: false,
  },
  {
    rule: 'a resource pattern matches',
    layers: has(allow({ Resource: 'arn:aws:s3:::logs/*' })),
    allowed: true,
  },
  {
    rule: 'a wildcard does not reach over a colon of the first five',
    layers: has(allow({ Resource: 'arn:aws:*:a' })),
    resource: 'arn:aws:s3:::a',
    allowed: false,
  },
  {
    rule: 'a wildcard at the end reaches over slashes and colons',
    layers: has(allow({ Resource: 'arn:aws:logs:eu-west-1:1:*' })),
    resource: 'arn:aws:logs:eu-west-1:1:log-group:a:*',
    allowed: true,
  },
  {
    rule: 'NotResource is everything else',
    layers: has({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::logs/*' }),
    allowed: false,
  },
  {
    rule: 'a boundary that does not allow denies',
    layers: { ...everything, boundary: layer(allow({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'a boundary alone allows nothing',
    layers: { boundary: layer(allow()) },
    allowed: false,
  },
  {
    rule: 'a session policy narrows to the intersection',
    layers: { ...everything, session: layer(allow({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'a session policy never adds',
    layers: { ...has(allow({ Action: 'ec2:*' })), session: layer(allow()) },
    allowed: false,
  },
  {
    rule: 'session policies are a union among themselves',
    layers: {
      ...everything,
      session: [...layer(allow({ Action: 'ec2:*' })), ...layer(allow({ Action: 's3:*' }))],
    },
    allowed: true,
  },
  {
    rule: 'an explicit Deny in a session policy denies',
    layers: { ...everything, session: layer(allow(), deny({ Action: 's3:*' })) },
    allowed: false,
  },
  {
    rule: 'a session policy of Denies only allows nothing',
    layers: { ...everything, session: layer(deny({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'sts:GetCallerIdentity cannot be denied',
    layers: has(deny()),
    action: 'sts:GetCallerIdentity',
    allowed: true,
  },
  {
    rule: 'DateLessThan holds a second before',
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': END } }),
    context: at('2026-11-20T09:59:59Z'),
    allowed: true,
  },
  {
    rule: 'DateLessThan does not hold at that very second',
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': END } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'DateGreaterThanEquals holds at that very second',
    layers: unless({ DateGreaterThanEquals: { 'aws:CurrentTime': END } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'dates compare with seconds since the epoch too',
    layers: onlyIf({ DateLessThan: { 'aws:EpochTime': '1795168800' } }),
    context: { 'aws:EpochTime': '1795168799' },
    allowed: true,
  },
  {
    rule: 'a date that cannot be read does not hold',
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': 'soon' } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'a missing key does not match',
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: false,
  },
  {
    rule: 'a missing key matches a negated operator',
    layers: unless({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: false,
  },
  {
    rule: 'a missing key matches NotIpAddress',
    layers: unless({ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
    allowed: false,
  },
  {
    rule: 'IfExists lets a missing key pass',
    layers: onlyIf({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: true,
  },
  {
    rule: 'IfExists looks at a key that is there',
    layers: onlyIf({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }),
    context: { 'aws:SourceVpce': 'vpce-2' },
    allowed: false,
  },
  {
    rule: 'names of keys are compared without case',
    layers: onlyIf({ StringEquals: { 'AWS:sourcevpce': 'vpce-1' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: true,
  },
  {
    rule: 'one of several values is enough',
    layers: onlyIf({ StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } }),
    context: { 'aws:RequestedRegion': 'eu-central-1' },
    allowed: true,
  },
  {
    rule: 'a negated operator holds only when none of the values matches',
    layers: unless({ StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } }),
    context: { 'aws:RequestedRegion': 'eu-central-1' },
    allowed: true,
  },
  {
    rule: 'two keys under one operator must both hold',
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1', 'aws:RequestedRegion': 'eu-west-1' } }),
    context: { 'aws:SourceVpce': 'vpce-1', 'aws:RequestedRegion': 'us-east-1' },
    allowed: false,
  },
  {
    rule: 'two operators must both hold',
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1' }, Bool: { 'aws:SecureTransport': 'true' } }),
    context: { 'aws:SourceVpce': 'vpce-1', 'aws:SecureTransport': 'false' },
    allowed: false,
  },
  {
    rule: 'StringEquals minds case',
    layers: onlyIf({ StringEquals: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/jit:request': '01a' },
    allowed: false,
  },
  {
    rule: 'StringEqualsIgnoreCase does not',
    layers: onlyIf({ StringEqualsIgnoreCase: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/jit:request': '01a' },
    allowed: true,
  },
  {
    rule: 'StringEquals knows no wildcards',
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-*' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: false,
  },
  {
    rule: 'StringLike does',
    layers: onlyIf({ StringLike: { 'aws:SourceVpce': 'vpce-*' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: true,
  },
  {
    rule: 'IpAddress looks into a range',
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': ['198.51.100.0/24', '203.0.113.0/24'] } }),
    context: { 'aws:SourceIp': '203.0.113.77' },
    allowed: true,
  },
  {
    rule: 'IpAddress takes a bare address as itself',
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } }),
    context: { 'aws:SourceIp': '203.0.113.8' },
    allowed: false,
  },
  {
    rule: 'IpAddress compares IPv6 with IPv6 only',
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
    context: { 'aws:SourceIp': '2001:db8::1' },
    allowed: false,
  },
  {
    rule: 'IpAddress reads IPv6 ranges',
    layers: onlyIf({ IpAddress: { 'aws:VpcSourceIp': '2001:db8::/32' } }),
    context: { 'aws:VpcSourceIp': '2001:db8:1::1' },
    allowed: true,
  },
  {
    rule: 'Bool on a missing key does not hold: long-term keys carry no MFA',
    layers: onlyIf({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    allowed: false,
  },
  {
    rule: 'BoolIfExists lets long-term keys pass',
    layers: onlyIf({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }),
    allowed: true,
  },
  {
    rule: 'Null true asks that the key is absent',
    layers: onlyIf({ Null: { 'aws:TokenIssueTime': 'true' } }),
    context: { 'aws:TokenIssueTime': END },
    allowed: false,
  },
  {
    rule: 'Null false asks that it is there',
    layers: onlyIf({ Null: { 'aws:TokenIssueTime': 'false' } }),
    context: { 'aws:TokenIssueTime': END },
    allowed: true,
  },
  {
    rule: 'numbers compare as numbers',
    layers: onlyIf({ NumericLessThan: { 'aws:MultiFactorAuthAge': '1000' } }),
    context: { 'aws:MultiFactorAuthAge': '999' },
    allowed: true,
  },
  {
    rule: 'what is not a number does not hold',
    layers: onlyIf({ NumericLessThan: { 'aws:MultiFactorAuthAge': '1000' } }),
    context: { 'aws:MultiFactorAuthAge': '' },
    allowed: false,
  },
  {
    rule: 'ArnEquals takes wildcards, section by section',
    layers: onlyIf({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/jit/*' } }),
    context: { 'aws:PrincipalArn': 'arn:aws:iam::1:role/jit/Engine' },
    allowed: true,
  },
  {
    rule: 'ArnLike does not reach over a colon',
    layers: onlyIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:role/jit/*' } }),
    context: { 'aws:PrincipalArn': 'arn:aws:iam::1:role/jit/Engine' },
    allowed: false,
  },
  {
    rule: 'ForAllValues holds when every value matches',
    layers: onlyIf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }),
    context: { 'aws:TagKeys': ['a', 'c'] },
    allowed: false,
  },
  {
    rule: 'ForAllValues holds of a missing key',
    layers: onlyIf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }),
    allowed: true,
  },
  {
    rule: 'ForAnyValue holds when one value matches',
    layers: onlyIf({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }),
    context: { 'aws:TagKeys': ['a', 'c'] },
    allowed: true,
  },
  {
    rule: 'ForAnyValue does not hold of a missing key, IfExists or not',
    layers: onlyIf({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': ['a'] } }),
    allowed: false,
  },
  {
    rule: 'a policy variable takes the value of the request',
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    context: { 'aws:username': 'logs' },
    allowed: true,
  },
  {
    rule: 'a variable without a value matches nothing',
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    allowed: false,
  },
  {
    rule: 'a variable may have a default',
    layers: has(allow({ Resource: "arn:aws:s3:::${aws:username, 'logs'}/*" })),
    allowed: true,
  },
  {
    rule: 'a wildcard inside a value is a plain character',
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    context: { 'aws:username': '*' },
    allowed: false,
  },
  {
    rule: 'the older version of the language knows no variables',
    layers: {
      identity: [
        {
          name: 'old',
          document: { Statement: allow({ Resource: 'arn:aws:s3:::${aws:username}/*' }) },
        },
      ],
    },
    context: { 'aws:username': 'logs' },
    allowed: false,
  },
  {
    rule: 'an operator that nobody knows stops an Allow',
    layers: onlyIf({ StringRoughly: { 'aws:username': 'ana' } }),
    context: { 'aws:username': 'ana' },
    allowed: false,
  },
  {
    rule: 'an operator that nobody knows does not stop a Deny',
    layers: unless({ StringRoughly: { 'aws:username': 'ana' } }),
    context: { 'aws:username': 'bob' },
    allowed: false,
  },
];

describe('the evaluator', () => {
  test.each(CASES)('$rule', ({ layers, action, resource, context, allowed }) => {
    const ruling = evaluate(
      {
        action: action ?? 's3:GetObject',
        resource: resource ?? 'arn:aws:s3:::logs/a',
        context: context ?? {},
      },
      { identity: [], ...layers },
    );
    expect(ruling).toMatchObject({ allowed });
    expect(ruling.why).not.toBe('');
  });
});
