import type { DirectoryConfig } from '../../src/domain/directory.js';
import { grantKinds } from '../../src/grants/kinds.js';
import { directory, OTHER, OWN } from '../support/grants.js';

const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`;
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::billing/*' };

function parse(
  kind: string,
  config: unknown,
  about: { directory?: Partial<DirectoryConfig>; ownAccount?: string | undefined; account?: string } = {},
) {
  const ownAccount = 'ownAccount' in about ? about.ownAccount : OWN;
  return grantKinds
    .find(({ name }) => name === kind)!
    .parse(config, {
      account: about.account ?? OTHER,
      directory: { ...directory, ...about.directory },
      ...(ownAccount !== undefined && { ownAccount }),
    });
}
function problems(...args: Parameters<typeof parse>): string {
  const result = parse(...args);
  return 'problems' in result ? result.problems.join('\n') : '';
}
const twenty = Array.from({ length: 20 }, () => read);
const session = (more: object) => problems('sts-session', { roleArn: ROLE, ...more });
const inline = (more: object, about?: Parameters<typeof parse>[2]) =>
  problems('iam-policy', { statements: [read], ...more }, about);

test('there are two kinds: one needs a principal, the other has sessions to open, and both end without jit', () => {
  expect(
    grantKinds.map(({ name, needsPrincipal, mints, endsAlone }) => [name, needsPrincipal, mints, endsAlone]),
  ).toEqual([
    ['sts-session', false, true, true],
    ['iam-policy', true, false, true],
  ]);
});

describe('a kind says', () => {
  const pen = { code: (text: string) => `<${text}>` };
  const kindOf = (name: string) => grantKinds.find((kind) => kind.name === name)!;

  test('how its access is used, with the names set off', () => {
    const grant = { kind: '', account: OTHER, config: {}, hash: '' };
    const principal = { type: 'role' as const, name: 'ana' };
    expect(kindOf('sts-session').use(grant, pen)).toMatch(/^Open a session with the button/);
    expect(kindOf('iam-policy').use({ ...grant, principal }, pen)).toContain(
      `your IAM role <ana> in account <${OTHER}>`,
    );
  });

  test('how large its policy is, and what there is room for', () => {
    const { size, limits } = kindOf('sts-session').size!({ roleArn: ROLE, chaining: false });
    expect([size > 100, limits]).toEqual([true, { session: 2048 }]);
    const one = kindOf('iam-policy').size!({ statements: [read] });
    const two = kindOf('iam-policy').size!({ statements: [read, read] });
    expect([two.size > one.size, one.limits]).toEqual([true, { user: 2048, role: 10_240 }]);
  });

  test('whether its access reaches further roles: a session only where the catalog says so, and what is not said may', () => {
    expect(kindOf('sts-session').escapes!({ chaining: false })).toBe(false);
    expect(kindOf('sts-session').escapes!({ chaining: true })).toBe(true);
    expect(kindOf('iam-policy').escapes).toBeUndefined();
  });
});

describe('what stands under sts-session', () => {
  test.each([
    ['nothing', undefined, 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
    ['no role', {}, 'roleArn must be the ARN of a role'],
    ['a user for a role', { roleArn: `arn:aws:iam::${OTHER}:user/ana` }, 'roleArn must be the ARN of a role'],
    [
      'a wildcard in the role',
      { roleArn: `arn:aws:iam::${OTHER}:role/*` },
      'roleArn must be the ARN of a role',
    ],
    ['a role of another account', { roleArn: `arn:aws:iam::${OWN}:role/r` }, 'make them the same'],
    [
      "a role of Identity Center's",
      { roleArn: `arn:aws:iam::${OTHER}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1` },
      'Identity Center',
    ],
  ])('%s is an error', (_, config, message) => {
    expect(problems('sts-session', config)).toContain(message);
  });

  test.each([
    ['an unknown key', { rolearn: 'x' }, '"rolearn" is not known here'],
    ['chaining that is not a truth value', { chaining: 'no' }, 'chaining must be true or false'],
    ['no statement', { statements: [] }, 'at least one IAM statement'],
    ['Denies alone', { statements: [{ ...read, Effect: 'Deny' }] }, 'has no Allow'],
    ['eleven managed policies', { policyArns: Array(11).fill('arn:aws:iam::aws:policy/X') }, 'STS takes 10'],
    [
      'a managed policy of another account',
      { policyArns: [`arn:aws:iam::${OWN}:policy/X`] },
      'make them the same',
    ],
    ['no managed policy', { policyArns: [] }, 'empty list'],
    ['MFA', { guardrails: { mfa: true } }, 'never carries MFA'],
    [
      'more than a session policy can hold',
      { statements: [{ ...read, Resource: Array(60).fill('arn:aws:s3:::a-long-name-of-a-bucket/*') }] },
      'STS takes 2048',
    ],
  ])('%s is an error', (_, more, message) => {
    expect(session(more)).toContain(message);
  });

  test('all errors come at once', () => {
    const all = problems('sts-session', { extra: 1, chaining: 1, guardrails: { mfa: true } });
    expect(all.split('\n')).toHaveLength(4);
  });

  test('chaining is off unless the catalog turns it on', () => {
    expect(parse('sts-session', { roleArn: ROLE })).toEqual({ config: { roleArn: ROLE, chaining: false } });
    expect(parse('sts-session', { roleArn: ROLE, chaining: true })).toMatchObject({
      config: { chaining: true },
    });
  });

  test('an account without a role in directory.yml is no error: sessions need none', () => {
    expect(
      parse('sts-session', { roleArn: ROLE }, { directory: { accounts: {} }, ownAccount: undefined }),
    ).toHaveProperty('config');
  });
});

describe('what stands under iam-policy', () => {
  test.each([
    ['a role', { roleArn: ROLE }, '"roleArn" is not known here'],
    ['a Deny', { statements: [{ ...read, Effect: 'Deny' }] }, 'statements[0].Effect must be Allow'],
    ['no statement', { statements: undefined }, 'at least one IAM statement'],
    ['more than a user can hold', { statements: twenty }, 'IAM takes 2048 in all'],
  ])('%s is an error', (_, more, message) => {
    expect(inline(more)).toContain(message);
  });

  test('the catalog says clearly what does not fit any more within a VPC endpoint', () => {
    const nine = Array.from({ length: 9 }, () => read);
    const guardrails = { vpcEndpoints: ['vpce-0a1b2c3d'] };
    expect(inline({ statements: nine, guardrails })).toMatch(
      /takes \d{4} characters \(\d{4} before jit let AWS’s services act for the person within network guardrails\), and IAM takes 2048 in all/,
    );
    expect(inline({ statements: nine, guardrails: { sourceIp: ['203.0.113.0/24'] } })).toBe('');
  });

  test('an account is the bot’s own, or has a role in directory.yml; an unknown own account is nobody’s', () => {
    const nowhere = { directory: { accounts: {} } };
    expect(inline({})).toBe('');
    expect(inline({}, { ...nowhere, account: OWN })).toBe('');
    expect(inline({}, nowhere)).toContain(`neither jit's own (${OWN}) nor under accounts`);
    expect(inline({}, { ...nowhere, ownAccount: undefined })).toMatch(
      /is not under accounts in directory\.yml: add it there, or, if jit itself runs in it, write account: "\d{12}" there/,
    );
  });

  test('MFA can be asked of users, not of roles', () => {
    const asked = { guardrails: { mfa: true } };
    const identity = { type: 'role' as const, template: 'jit/{local}', domains: ['corp.example'] };
    expect(inline(asked)).toBe('');
    expect(inline(asked, { directory: { identity: { ...identity, type: 'user' } } })).toBe('');
    expect(inline(asked, { directory: { identity } })).toContain('IAM users only');
    expect(inline(asked, { directory: { people: { 'a@b.c': { iamRole: 'jit/a' } } } })).toContain(
      'IAM users only',
    );
  });

  test('a role has more room than a user', () => {
    const identity = { type: 'role' as const, template: 'jit/{local}', domains: ['corp.example'] };
    expect(inline({ statements: twenty }, { directory: { identity } })).toBe('');
  });
});

describe('statements', () => {
  const statement = (more: object) => inline({ statements: [{ ...read, ...more }] });

  test.each([
    ['a text for a statement', 'Allow all', 'must be an IAM statement'],
    ['a lower-case effect', { ...read, Effect: 'allow' }, 'Effect must be Allow or Deny'],
    ['a principal', { ...read, Principal: '*' }, '"Principal" is not known here'],
    ['Action and NotAction', { ...read, NotAction: 'iam:*' }, 'needs Action or NotAction, and not both'],
    ['no resource', { Effect: 'Allow', Action: '*' }, 'needs Resource or NotResource, and not both'],
    ['an action without a service', { ...read, Action: 'GetObject' }, '"GetObject" is not an action'],
    ['a wildcard for a service', { ...read, Action: '*:Get*' }, 'service spelled out'],
    ['an empty action', { ...read, Action: '' }, 'must be text'],
    ['no actions', { ...read, Action: [] }, 'empty list'],
    ['a resource that is no ARN', { ...read, Resource: 'billing' }, 'write an ARN'],
    ['a character that IAM does not take', { ...read, Resource: 'arn:aws:s3:::Ω' }, 'U+0020 to U+00FF'],
    ['a line break', { ...read, Resource: 'arn:aws:s3:::a\nb' }, 'U+0020 to U+00FF'],
  ])('%s is an error', (_, value, message) => {
    expect(inline({ statements: [value] })).toContain(message);
  });

  test.each([
    'aws:CurrentTime',
    'AWS:CURRENTTIME',
    'aws:SourceIp',
    'aws:sourceVpce',
    'aws:VpcSourceIp',
    'aws:RequestedRegion',
    'aws:MultiFactorAuthPresent',
  ])('a condition on %s is an error: the grant sets it', (key) => {
    expect(statement({ Condition: { StringLike: { [key]: '*' } } })).toContain('leave it out');
    expect(session({ statements: [{ ...read, Condition: { StringLike: { [key]: '*' } } }] })).toContain(
      'leave it out',
    );
  });

  test.each([
    ['an operator that does not exist', { StringEqual: { 's3:prefix': 'a' } }, 'not a condition operator'],
    ['an operator in other letters', { stringequals: { 's3:prefix': 'a' } }, 'not a condition operator'],
    ['NullIfExists', { NullIfExists: { 's3:prefix': 'true' } }, 'not a condition operator'],
    ['a key without a service', { StringEquals: { prefix: 'a' } }, 'not a condition key'],
    ['an operator without keys', { StringEquals: {} }, 'must be { key: value }'],
    ['a value that is a mapping', { StringEquals: { 's3:prefix': { a: 1 } } }, 'must be text'],
    ['a list', ['StringEquals'], 'must be { operator'],
  ])('%s is an error', (_, Condition, message) => {
    expect(statement({ Condition })).toContain(message);
  });

  test('what is right is kept as lists of texts, without its Sid', () => {
    const Condition = {
      'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' },
      Bool: { 'aws:SecureTransport': true },
      NumericLessThan: { 's3:max-keys': 10 },
    };
    expect(parse('iam-policy', { statements: [{ Sid: 'One', ...read, Condition }] })).toEqual({
      config: {
        statements: [
          {
            Effect: 'Allow',
            Action: ['s3:GetObject'],
            Resource: ['arn:aws:s3:::billing/*'],
            Condition: {
              'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': ['a'] },
              Bool: { 'aws:SecureTransport': ['true'] },
              NumericLessThan: { 's3:max-keys': ['10'] },
            },
          },
        ],
      },
    });
  });
});

const guarded = (guardrails: unknown) => session({ guardrails });

describe('guardrails', () => {
  test.each([
    ['a list', [], 'must be a mapping'],
    ['an unknown key', { ip: [] }, '"ip" is not known here'],
    ['no range', { sourceIp: [] }, 'empty list'],
    ['a private range', { sourceIp: ['10.0.0.0/8'] }, 'not public'],
    ['a part of a private range', { sourceIp: ['192.168.7.0/24'] }, 'not public'],
    ['a range with private ones inside', { sourceIp: ['172.0.0.0/8'] }, 'not public'],
    ['the whole internet', { sourceIp: ['0.0.0.0/0'] }, 'not public'],
    ['carrier-grade NAT', { sourceIp: ['100.64.0.0/16'] }, 'not public'],
    ['loopback', { sourceIp: ['127.0.0.1/32'] }, 'not public'],
    ['a link-local IPv6 range', { sourceIp: ['fe80::/10'] }, 'not public'],
    ['a unique-local IPv6 range', { sourceIp: ['fd00::/8'] }, 'not public'],
    ['all of IPv6', { sourceIp: ['::/0'] }, 'not public'],
    ['an address', { sourceIp: ['203.0.113.7'] }, 'write 203.0.113.7/32'],
    ['bits beyond the prefix', { sourceIp: ['203.0.113.7/24'] }, 'write 203.0.113.0/24'],
    ['an octal address', { sourceIp: ['0203.0.113.0/24'] }, 'is not a CIDR range'],
    ['a prefix that is too long', { sourceIp: ['203.0.113.0/33'] }, 'is not a CIDR range'],
    ['a VPC for an endpoint', { vpcEndpoints: ['vpc-0a1b2c3d'] }, 'is not a VPC endpoint'],
    ['private addresses of no certain network', { vpcSourceIp: ['10.0.0.0/8'] }, 'needs vpcEndpoints'],
    ['a zone for a region', { regions: ['eu-west-1a'] }, 'is not a region'],
    ['a wildcard for a region', { regions: ['eu-*'] }, 'is not a region'],
    ['mfa: false', { mfa: false }, 'must be true'],
  ])('%s is an error', (_, guardrails, message) => {
    expect(guarded(guardrails)).toContain(message);
  });

  test('what AWS can keep is kept', () => {
    expect(
      guarded({
        sourceIp: ['203.0.113.0/24', '8.8.8.8/32', '2001:db8::/32'],
        vpcEndpoints: ['vpce-0a1b2c3d4e5f67890'],
        vpcSourceIp: ['10.0.0.0/8', 'fd00::/8'],
        regions: ['eu-west-1', 'ap-southeast-7'],
      }),
    ).toBe('');
  });
});
