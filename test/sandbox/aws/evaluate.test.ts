import type { PolicyDocument, PolicyStatement } from '../../../src/sandbox/aws/policy/documents.js';
import { evaluate, type Layers, type IamRuling } from '../../../src/sandbox/aws/policy/evaluate.js';
import type { CallContext } from '../../../src/sandbox/aws/policy/match.js';

// Where AWS says so.
const GUIDE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const LOGIC = `${GUIDE}/reference_policies_evaluation-logic_policy-eval-denyallow.html`;
const ACTION = `${GUIDE}/reference_policies_elements_action.html`;
const NOT_ACTION = `${GUIDE}/reference_policies_elements_notaction.html`;
const RESOURCE = `${GUIDE}/reference_policies_elements_resource.html`;
const NOT_RESOURCE = `${GUIDE}/reference_policies_elements_notresource.html`;
const CONDITION = `${GUIDE}/reference_policies_elements_condition.html`;
const OPERATORS = `${GUIDE}/reference_policies_elements_condition_operators.html`;
const SEVERAL = `${GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html`;
const SETS = `${GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html`;
const KEYS = `${GUIDE}/reference_policies_condition-keys.html`;
const TAGS = `${GUIDE}/access_iam-tags.html`;
const VARIABLES = `${GUIDE}/reference_policies_variables.html`;
const VERSION = `${GUIDE}/reference_policies_elements_version.html`;
const BOUNDARY = `${GUIDE}/access_policies_boundaries.html`;
const SESSION = `${GUIDE}/access_policies.html#policies_session`;
const REVOKE = `${GUIDE}/id_roles_use_revoke-sessions.html`;
const REGIONS = `${GUIDE}/reference_policies_examples_aws_deny-requested-region.html`;
const ADDRESSES = `${GUIDE}/reference_policies_examples_aws_deny-ip.html`;
const MFA = `${GUIDE}/id_credentials_mfa_configure-api-require.html`;
const CALLER_IDENTITY = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html';

const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
});
const allow = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
});
const deny = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({ ...allow(more), Effect: 'Deny' });
const onlyIf = (Condition: NonNullable<PolicyStatement['Condition']>): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(allow({ Condition })) }],
});
const unless = (Condition: NonNullable<PolicyStatement['Condition']>): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(allow(), deny({ Condition })) }],
});
const has = (...statements: PolicyStatement[]): Partial<Layers> => ({
  identity: [{ name: 'p', document: policy(...statements) }],
});
const everything = has(allow());
const layer = (...statements: PolicyStatement[]) => [{ name: 'q', document: policy(...statements) }];

interface Case {
  rule: string;
  /** The page of AWS's that says so. */
  source: string;
  layers: Partial<Layers>;
  action?: string;
  resource?: string;
  context?: CallContext;
  allowed: boolean;
}
const at = (time: string): CallContext => ({ 'aws:CurrentTime': time });
const END = '2026-11-20T10:00:00Z';
// OPERATORS' own example of where ArnLike and StringLike part.
const REACHING = 'arn:aws:someservice:*:111122223333:finance/*';
const REACHED = 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt';

const CASES: Case[] = [
  { rule: 'what nothing allows is denied', source: LOGIC, layers: {}, allowed: false },
  { rule: 'an Allow allows', source: LOGIC, layers: everything, allowed: true },
  { rule: 'an explicit Deny beats an Allow', source: LOGIC, layers: has(allow(), deny()), allowed: false },
  {
    rule: 'a Deny of another action does not matter',
    source: LOGIC,
    layers: has(allow(), deny({ Action: 'iam:*' })),
    allowed: true,
  },
  {
    rule: 'actions are compared without case',
    source: ACTION,
    layers: has(allow({ Action: 'S3:getobject' })),
    allowed: true,
  },
  {
    rule: 'a wildcard stands anywhere in an action',
    source: ACTION,
    layers: has(allow({ Action: 's3:Get*ect' })),
    allowed: true,
  },
  {
    rule: 'a question mark is one character, not none',
    source: ACTION,
    layers: has(allow({ Action: 's3:GetObject?' })),
    allowed: false,
  },
  {
    rule: 'a dot in a pattern is a dot',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:s3:::a.b' })),
    resource: 'arn:aws:s3:::axb',
    allowed: false,
  },
  {
    rule: 'NotAction is everything else',
    source: NOT_ACTION,
    layers: has({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
    allowed: true,
  },
  {
    rule: 'NotAction leaves out what it lists',
    source: NOT_ACTION,
    layers: has({ Effect: 'Allow', NotAction: ['s3:*', 'iam:*'], Resource: '*' }),
    allowed: false,
  },
  {
    rule: 'resources are compared with case',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:s3:::Logs/*' })),
    allowed: false,
  },
  {
    rule: 'a resource pattern matches',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:s3:::logs/*' })),
    allowed: true,
  },
  {
    rule: 'a wildcard inside a section of an ARN stays in it',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:logs:eu-west-1:*group:a' })),
    resource: 'arn:aws:logs:eu-west-1:1:log-group:a',
    allowed: false,
  },
  {
    rule: 'a wildcard that ends a section reaches over colons',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:logs:eu-west-1:*:a' })),
    resource: 'arn:aws:logs:eu-west-1:1:log-group:a',
    allowed: true,
  },
  {
    rule: 'a wildcard at the end reaches over slashes and colons',
    source: RESOURCE,
    layers: has(allow({ Resource: 'arn:aws:logs:eu-west-1:1:*' })),
    resource: 'arn:aws:logs:eu-west-1:1:log-group:a:*',
    allowed: true,
  },
  {
    rule: 'NotResource is everything else',
    source: NOT_RESOURCE,
    layers: has({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::logs/*' }),
    allowed: false,
  },
  {
    rule: 'a boundary that does not allow denies',
    source: BOUNDARY,
    layers: { ...everything, boundary: layer(allow({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'a boundary alone allows nothing',
    source: BOUNDARY,
    layers: { boundary: layer(allow()) },
    allowed: false,
  },
  {
    rule: 'a session policy narrows to the intersection',
    source: SESSION,
    layers: { ...everything, session: layer(allow({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'a session policy never adds',
    source: SESSION,
    layers: { ...has(allow({ Action: 'ec2:*' })), session: layer(allow()) },
    allowed: false,
  },
  {
    rule: 'session policies are a union among themselves',
    source: SESSION,
    layers: {
      ...everything,
      session: [...layer(allow({ Action: 'ec2:*' })), ...layer(allow({ Action: 's3:*' }))],
    },
    allowed: true,
  },
  {
    rule: 'an explicit Deny in a session policy denies',
    source: SESSION,
    layers: { ...everything, session: layer(allow(), deny({ Action: 's3:*' })) },
    allowed: false,
  },
  {
    rule: 'a session policy of Denies only allows nothing',
    source: SESSION,
    layers: { ...everything, session: layer(deny({ Action: 'ec2:*' })) },
    allowed: false,
  },
  {
    rule: 'sts:GetCallerIdentity cannot be denied',
    source: CALLER_IDENTITY,
    layers: has(deny()),
    action: 'sts:GetCallerIdentity',
    allowed: true,
  },
  {
    rule: 'DateLessThan holds a second before',
    source: OPERATORS,
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': END } }),
    context: at('2026-11-20T09:59:59Z'),
    allowed: true,
  },
  {
    rule: 'DateLessThan does not hold at that very second',
    source: OPERATORS,
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': END } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'DateGreaterThanEquals holds at that very second',
    source: OPERATORS,
    layers: unless({ DateGreaterThanEquals: { 'aws:CurrentTime': END } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'dates compare with seconds since the epoch too',
    source: OPERATORS,
    layers: onlyIf({ DateLessThan: { 'aws:EpochTime': '1795168800' } }),
    context: { 'aws:EpochTime': '1795168799' },
    allowed: true,
  },
  {
    rule: 'a missing key does not match',
    source: OPERATORS,
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: false,
  },
  {
    rule: 'a missing key matches a negated operator',
    source: OPERATORS,
    layers: unless({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: false,
  },
  {
    rule: 'a missing key matches NotIpAddress',
    source: OPERATORS,
    layers: unless({ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
    allowed: false,
  },
  {
    rule: 'IfExists lets a missing key pass',
    source: OPERATORS,
    layers: onlyIf({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }),
    allowed: true,
  },
  {
    rule: 'IfExists looks at a key that is there',
    source: OPERATORS,
    layers: onlyIf({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }),
    context: { 'aws:SourceVpce': 'vpce-2' },
    allowed: false,
  },
  {
    rule: 'names of keys are compared without case',
    source: CONDITION,
    layers: onlyIf({ StringEquals: { 'AWS:sourcevpce': 'vpce-1' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: true,
  },
  {
    rule: 'one of several values is enough',
    source: SEVERAL,
    layers: onlyIf({ StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } }),
    context: { 'aws:RequestedRegion': 'eu-central-1' },
    allowed: true,
  },
  {
    rule: 'a negated operator holds only when none of the values matches',
    source: SEVERAL,
    layers: unless({ StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } }),
    context: { 'aws:RequestedRegion': 'eu-central-1' },
    allowed: true,
  },
  {
    rule: 'two keys under one operator must both hold',
    source: SEVERAL,
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1', 'aws:RequestedRegion': 'eu-west-1' } }),
    context: { 'aws:SourceVpce': 'vpce-1', 'aws:RequestedRegion': 'us-east-1' },
    allowed: false,
  },
  {
    rule: 'two operators must both hold',
    source: SEVERAL,
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-1' }, Bool: { 'aws:SecureTransport': 'true' } }),
    context: { 'aws:SourceVpce': 'vpce-1', 'aws:SecureTransport': 'false' },
    allowed: false,
  },
  {
    rule: 'StringEquals minds case',
    source: OPERATORS,
    layers: onlyIf({ StringEquals: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/jit:request': '01a' },
    allowed: false,
  },
  {
    rule: 'StringEqualsIgnoreCase does not',
    source: OPERATORS,
    layers: onlyIf({ StringEqualsIgnoreCase: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/jit:request': '01a' },
    allowed: true,
  },
  {
    rule: 'StringEquals knows no wildcards',
    source: OPERATORS,
    layers: onlyIf({ StringEquals: { 'aws:SourceVpce': 'vpce-*' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: false,
  },
  {
    rule: 'StringLike does',
    source: OPERATORS,
    layers: onlyIf({ StringLike: { 'aws:SourceVpce': 'vpce-*' } }),
    context: { 'aws:SourceVpce': 'vpce-1' },
    allowed: true,
  },
  {
    rule: 'IpAddress looks into a range',
    source: OPERATORS,
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': ['198.51.100.0/24', '203.0.113.0/24'] } }),
    context: { 'aws:SourceIp': '203.0.113.77' },
    allowed: true,
  },
  {
    rule: 'IpAddress takes a bare address as itself',
    source: OPERATORS,
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } }),
    context: { 'aws:SourceIp': '203.0.113.8' },
    allowed: false,
  },
  {
    rule: 'IpAddress compares IPv6 with IPv6 only',
    source: OPERATORS,
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
    context: { 'aws:SourceIp': '2001:db8::1' },
    allowed: false,
  },
  {
    rule: 'IpAddress reads IPv6 ranges',
    source: OPERATORS,
    layers: onlyIf({ IpAddress: { 'aws:SourceIp': '2001:DB8:1234:5678::/64' } }),
    context: { 'aws:SourceIp': '2001:db8:1234:5678::1' },
    allowed: true,
  },
  {
    rule: 'Bool on a missing key does not hold: long-term keys carry no MFA',
    source: KEYS,
    layers: onlyIf({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    allowed: false,
  },
  {
    rule: 'BoolIfExists lets long-term keys pass',
    source: OPERATORS,
    layers: onlyIf({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }),
    allowed: true,
  },
  {
    rule: 'Null true asks that the key is absent',
    source: OPERATORS,
    layers: onlyIf({ Null: { 'aws:TokenIssueTime': 'true' } }),
    context: { 'aws:TokenIssueTime': END },
    allowed: false,
  },
  {
    rule: 'Null false asks that it is there',
    source: OPERATORS,
    layers: onlyIf({ Null: { 'aws:TokenIssueTime': 'false' } }),
    context: { 'aws:TokenIssueTime': END },
    allowed: true,
  },
  {
    rule: 'numbers compare as numbers',
    source: OPERATORS,
    layers: onlyIf({ NumericLessThan: { 'aws:MultiFactorAuthAge': '1000' } }),
    context: { 'aws:MultiFactorAuthAge': '999' },
    allowed: true,
  },
  {
    rule: 'ArnEquals takes wildcards, section by section',
    source: OPERATORS,
    layers: onlyIf({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/jit/*' } }),
    context: { 'aws:PrincipalArn': 'arn:aws:iam::1:role/jit/Engine' },
    allowed: true,
  },
  {
    rule: 'ArnLike does not reach over a colon',
    source: OPERATORS,
    layers: onlyIf({ ArnLike: { 'aws:SourceArn': REACHING } }),
    context: { 'aws:SourceArn': REACHED },
    allowed: false,
  },
  {
    rule: 'StringLike reaches over a colon',
    source: OPERATORS,
    layers: onlyIf({ StringLike: { 'aws:SourceArn': REACHING } }),
    context: { 'aws:SourceArn': REACHED },
    allowed: true,
  },
  {
    rule: 'ForAllValues holds when every value matches',
    source: SETS,
    layers: onlyIf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }),
    context: { 'aws:TagKeys': ['a', 'c'] },
    allowed: false,
  },
  {
    rule: 'ForAllValues holds of a missing key',
    source: SETS,
    layers: onlyIf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }),
    allowed: true,
  },
  {
    rule: 'ForAnyValue holds when one value matches',
    source: SETS,
    layers: onlyIf({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }),
    context: { 'aws:TagKeys': ['a', 'c'] },
    allowed: true,
  },
  {
    rule: 'ForAnyValue does not hold of a missing key',
    source: SETS,
    layers: onlyIf({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }),
    allowed: false,
  },
  {
    rule: 'a policy variable takes the value of the request',
    source: VARIABLES,
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    context: { 'aws:username': 'logs' },
    allowed: true,
  },
  {
    rule: 'a variable without a value matches nothing',
    source: VARIABLES,
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    allowed: false,
  },
  {
    rule: 'a variable may have a default',
    source: VARIABLES,
    layers: has(allow({ Resource: "arn:aws:s3:::${aws:username, 'logs'}/*" })),
    allowed: true,
  },
  {
    rule: 'the older version of the language knows no variables',
    source: VERSION,
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
    rule: 'a Deny with a condition that does not hold leaves the Allow',
    source: LOGIC,
    layers: has(allow(), deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })),
    context: { 'aws:SecureTransport': 'true' },
    allowed: true,
  },
  {
    rule: 'an Allow in one policy and a Deny in another: the Deny',
    source: LOGIC,
    layers: { identity: [...layer(allow()), ...layer(deny())] },
    allowed: false,
  },
  {
    rule: 'an Allow in any one policy is enough',
    source: LOGIC,
    layers: { identity: [...layer(allow({ Action: 'ec2:*' })), ...layer(allow({ Action: 's3:*' }))] },
    allowed: true,
  },
  {
    rule: 'what a policy and the boundary both allow is allowed',
    source: BOUNDARY,
    layers: { ...everything, boundary: layer(allow({ Action: 's3:*' })) },
    allowed: true,
  },
  {
    rule: 'an explicit Deny in a boundary denies',
    source: BOUNDARY,
    layers: { ...everything, boundary: layer(allow(), deny({ Action: 's3:*' })) },
    allowed: false,
  },
  {
    rule: 'with a boundary and a session policy all three must allow',
    source: SESSION,
    layers: { ...everything, boundary: layer(allow()), session: layer(allow({ Action: 's3:*' })) },
    allowed: true,
  },
  {
    rule: 'a boundary narrows a session with a session policy too',
    source: SESSION,
    layers: { ...everything, boundary: layer(allow({ Action: 'ec2:*' })), session: layer(allow()) },
    allowed: false,
  },
  {
    rule: 'a session policy with an end allows before it',
    source: SESSION,
    layers: {
      ...everything,
      session: layer(allow(), deny({ Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': END } } })),
    },
    context: at('2026-11-20T09:59:59Z'),
    allowed: true,
  },
  {
    rule: 'and nothing from it on',
    source: SESSION,
    layers: {
      ...everything,
      session: layer(allow(), deny({ Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': END } } })),
    },
    context: at(END),
    allowed: false,
  },
  {
    rule: 'a session issued before a date can be denied for good',
    source: REVOKE,
    layers: unless({ DateLessThanEquals: { 'aws:TokenIssueTime': END } }),
    context: { 'aws:TokenIssueTime': '2026-11-20T09:59:59Z' },
    allowed: false,
  },
  {
    rule: 'one issued after it is not touched',
    source: REVOKE,
    layers: unless({ DateLessThanEquals: { 'aws:TokenIssueTime': END } }),
    context: { 'aws:TokenIssueTime': '2026-11-20T10:00:01Z' },
    allowed: true,
  },
  {
    rule: 'long-term keys have no time of issue, and so no such end',
    source: KEYS,
    layers: unless({ DateLessThanEquals: { 'aws:TokenIssueTime': END } }),
    allowed: true,
  },
  {
    rule: 'a principal’s tag can be asked for',
    source: TAGS,
    layers: unless({ StringEquals: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/jit:request': '01A' },
    allowed: false,
  },
  {
    rule: 'a principal without that tag is another’s',
    source: TAGS,
    layers: unless({ StringEquals: { 'aws:PrincipalTag/jit:request': '01A' } }),
    context: { 'aws:PrincipalTag/team': '01A' },
    allowed: true,
  },
  {
    rule: 'whoever bears a tag at all can be told by Null',
    source: OPERATORS,
    layers: unless({ Null: { 'aws:PrincipalTag/jit:request': 'false' } }),
    context: { 'aws:PrincipalTag/jit:request': '01A' },
    allowed: false,
  },
  {
    rule: 'and whoever bears none is left alone',
    source: OPERATORS,
    layers: unless({ Null: { 'aws:PrincipalTag/jit:request': 'false' } }),
    allowed: true,
  },
  {
    rule: 'a region off the list is denied',
    source: REGIONS,
    layers: unless({ StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } }),
    context: { 'aws:RequestedRegion': 'us-east-1' },
    allowed: false,
  },
  {
    rule: 'an address off the list is denied',
    source: ADDRESSES,
    layers: unless({ NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] } }),
    context: { 'aws:SourceIp': '198.51.100.1' },
    allowed: false,
  },
  {
    rule: 'an address on the list is not',
    source: ADDRESSES,
    layers: unless({ NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] } }),
    context: { 'aws:SourceIp': '203.0.113.255' },
    allowed: true,
  },
  {
    rule: 'a session without MFA is refused where MFA is asked for',
    source: MFA,
    layers: onlyIf({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    context: { 'aws:MultiFactorAuthPresent': 'false' },
    allowed: false,
  },
  {
    rule: 'a session with MFA is let in',
    source: MFA,
    layers: onlyIf({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    context: { 'aws:MultiFactorAuthPresent': 'true' },
    allowed: true,
  },
  {
    rule: 'between two dates both must hold',
    source: OPERATORS,
    layers: onlyIf({
      DateGreaterThan: { 'aws:CurrentTime': '2026-11-20T09:00:00Z' },
      DateLessThan: { 'aws:CurrentTime': END },
    }),
    context: at('2026-11-20T08:59:59Z'),
    allowed: false,
  },
  {
    rule: 'DateLessThanEquals holds at that very second',
    source: OPERATORS,
    layers: onlyIf({ DateLessThanEquals: { 'aws:CurrentTime': END } }),
    context: at(END),
    allowed: true,
  },
];

// What AWS's pages say nothing of, so unknown means no: what IAM would not have stored, and two readings of ours.
const OURS: Omit<Case, 'source'>[] = [
  {
    rule: 'a date that cannot be read does not hold',
    layers: onlyIf({ DateLessThan: { 'aws:CurrentTime': 'soon' } }),
    context: at(END),
    allowed: false,
  },
  {
    rule: 'what is not a number does not hold',
    layers: onlyIf({ NumericLessThan: { 'aws:MultiFactorAuthAge': '1000' } }),
    context: { 'aws:MultiFactorAuthAge': '' },
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
  {
    // As tried on AWS: https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
    rule: 'IfExists does not make ForAnyValue hold of a missing key',
    layers: onlyIf({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': ['a'] } }),
    allowed: false,
  },
  {
    rule: 'a wildcard inside the value of a variable is a plain character',
    layers: has(allow({ Resource: 'arn:aws:s3:::${aws:username}/*' })),
    context: { 'aws:username': '*' },
    allowed: false,
  },
];

function judge({ layers, action, resource, context }: Omit<Case, 'source'>): IamRuling {
  return evaluate(
    {
      action: action ?? 's3:GetObject',
      resource: resource ?? 'arn:aws:s3:::logs/a',
      context: context ?? {},
    },
    { identity: [], ...layers },
  );
}

describe('the evaluator, by what AWS documents', () => {
  test.each(CASES)('$rule ($source)', (example) => {
    const ruling = judge(example);
    expect(ruling).toMatchObject({ allowed: example.allowed });
    expect(ruling.why).not.toBe('');
  });

  test('at least sixty rules, no two of one name, each with its page', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(CASES.map(({ rule }) => rule)).size).toBe(CASES.length);
    for (const { source } of CASES) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });
});

describe('the evaluator, where AWS has no answer', () => {
  test.each(OURS)('$rule', (example) => {
    expect(judge(example)).toMatchObject({ allowed: example.allowed });
  });
});
