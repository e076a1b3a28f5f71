import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
type Answer = { found: unknown } | { absent: true } | { error: string; message: string };
type Judge = (answer: Answer, where: object) => { problem?: string; note?: string }[];
const judge = (name: string) => {
  const judges = require(join(ROOT, `.osls/judge/${name}.cjs`)) as Record<string, Judge>;
  return Object.values(judges)[0]!;
};
const [judgeIdentity, judgeStack, judgeBucket, judgeParameters, judgeTable] = [
  judge('identity'),
  judge('stack'),
  judge('bucket'),
  judge('parameters'),
  judge('table'),
];
const WHERE = { region: 'eu-west-1', stackName: 'jit-prod' };
const refusal = (error: string, message = 'no'): Answer => ({ error, message });

describe('whose credentials these are', () => {
  const about = (error: string) => judgeIdentity(refusal(error, 'AWS’s words'), WHERE)[0]!.problem!;

  test.each([
    ['ExpiredToken', /do(?:es)? not accept .* any more \(ExpiredToken: AWS’s words\): get new ones/],
    ['InvalidClientTokenId', /does not know .* enabled the region eu-west-1/],
    ['SignatureDoesNotMatch', /AWS_SECRET_ACCESS_KEY .* clock/],
    ['AWS_CREDENTIALS_NOT_FOUND', /^there are no AWS credentials .* AWS_PROFILE/],
    ['AWS_SSO_LOGIN_TIMEOUT', /^there are no AWS credentials .* log in/],
    ['ENOTFOUND', /reaches sts\.eu-west-1\.amazonaws\.com/],
    ['toString', /does not say whose/],
  ])('with %s, AWS’s words and what to do are said', (error, says) => {
    expect(about(error)).toMatch(says);
    expect(about(error)).toContain('AWS’s words');
  });

  test.each(['InvalidClientTokenId', 'AccessDenied'])(
    'credentials that only CloudFormation refuses, with %s, are no good either',
    (error) => {
      const stack = refusal(error, 'The security token included in the request is invalid');
      const said = judgeIdentity({ found: { account: '000000000000' } }, { ...WHERE, account: '1', stack });
      expect(said).toEqual([
        { problem: expect.stringMatching(/does not know these .*security token .* invalid/) },
      ]);
      expect(
        judgeIdentity({ found: { account: '1' } }, { ...WHERE, stack: refusal('AccessDenied') }),
      ).toEqual([]);
    },
  );

  test('any account is taken where directory.yml names none, and else that one alone', () => {
    const here: Answer = { found: { account: '999900001111' } };
    expect(judgeIdentity(here, WHERE)).toEqual([]);
    expect(judgeIdentity(here, { ...WHERE, account: '999900001111' })).toEqual([]);
    expect(judgeIdentity(here, { ...WHERE, account: '777788889999' })).toHaveLength(1);
  });
});

describe('a stack that exists', () => {
  const { StackStatus } = createRequire(require.resolve('osls/package.json'))(
    '@aws-sdk/client-cloudformation',
  ) as { StackStatus: Record<string, string> };
  // CloudFormation says so of the others: "is in … state and can not be updated".
  const UPDATED = /^(?:(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK|DELETE)_COMPLETE)$/;
  const states = Object.values(StackStatus);
  const said = (state: string) => judgeStack({ found: state }, WHERE);

  test('is updated where CloudFormation takes an update', () => {
    expect(states.length).toBeGreaterThan(22);
    const taken = states.filter((state) => said(state).length === 0);
    expect(taken).toEqual(states.filter((state) => UPDATED.test(state)));
  });

  test.each(states.filter((state) => !UPDATED.test(state)))(
    'is left alone in %s, and every command names stack and region',
    (state) => {
      const [{ problem = '' } = {}, ...more] = said(state);
      expect(more).toEqual([]);
      expect(problem).toMatch(new RegExp(`^the stack "jit-prod" in eu-west-1 is in the state ${state}: `));
      expect(problem).toMatch(/deploy again|AWS Support/);
      const commands = problem.match(/aws cloudformation [^,;)]+/g) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) expect(command).toMatch(/ --stack-name jit-prod --region eu-west-1/);
    },
  );

  test.each([
    ['ROLLBACK_COMPLETE', /can only be deleted.*delete-stack/],
    ['DELETE_FAILED', /npx osls remove/],
    ['UPDATE_FAILED', /rollback-stack/],
    ['UPDATE_ROLLBACK_FAILED', /continue-update-rollback.*Do not delete the stack/],
    ['REVIEW_IN_PROGRESS', /cut off.*delete-stack/],
    ['UPDATE_IN_PROGRESS', /wait stack-update-complete/],
  ])('in %s, the advice is that of AWS', (state, advice) => {
    expect(said(state)[0]!.problem).toMatch(advice);
  });

  test('of somebody else is not overwritten', () => {
    const foreign = judgeStack({ found: 'UPDATE_COMPLETE' }, { ...WHERE, foreign: true });
    expect(foreign[0]!.problem).toMatch(/is not jit's, .*\(--param name=/);
  });

  test('in a state that is new to jit is left to CloudFormation', () => {
    expect(said('SOMETHING_NEW')).toEqual([{ note: expect.stringContaining('SOMETHING_NEW') }]);
    expect(said('toString')).toEqual([{ note: expect.any(String) }]);
  });
});

describe('a bucket', () => {
  const at = (role: string, found: Answer) => judgeBucket(found, { ...WHERE, bucket: 'corp-jit', role });

  test.each([
    ['policies', /\(--param policyBucket\) does not exist: .* eu-west-1.*"Policies without a deployment"/],
    [
      'deployment',
      /\(deploymentBucket in serverless.yml\) does not exist: .*aws s3 mb s3:\/\/corp-jit --region eu/,
    ],
    ['own', /somebody has deleted it: create it again under this name \(aws s3 mb/],
  ])('for %s that is not there', (role, says) => {
    expect(at(role, { absent: true })).toEqual([{ problem: expect.stringMatching(says) }]);
  });

  test.each(['policies', 'deployment', 'own'])('for %s must be in the region and the account', (role) => {
    expect(at(role, { found: { region: 'eu-west-1', ours: true } })).toEqual([]);
    expect(at(role, { found: { region: undefined, ours: true } })).toEqual([]);
    expect(at(role, { found: { region: 'us-east-1', ours: true } })[0]!.problem).toContain(
      'lies in us-east-1',
    );
    expect(at(role, { found: { region: 'eu-west-1', ours: false } })[0]!.problem).toContain(
      'of another account',
    );
  });
});

describe('the SSM parameters', () => {
  const names = ['/jit/prod/one', '/jit/prod/two'];
  const with_ = (...found: { name: string; type: string }[]) =>
    judgeParameters({ found }, { ...WHERE, names });
  const secure = (name: string) => ({ name, type: 'SecureString' });

  test('are all there, encrypted', () => {
    expect(with_(...names.map(secure))).toEqual([]);
  });

  test('that are not in the region are named, each with the command that stores it', () => {
    const problems = with_(secure(names[0]!)).map(({ problem }) => problem);
    expect(problems).toEqual([
      expect.stringMatching(
        /no SSM parameter \/jit\/prod\/two in eu-west-1: .*put-parameter --region eu-west-1 --type SecureString --name \/jit\/prod\/two/,
      ),
    ]);
    expect(with_()).toHaveLength(2);
  });

  test('that are not encrypted are refused, as the functions refuse them', () => {
    expect(with_(secure(names[0]!), { name: names[1]!, type: 'StringList' })[0]!.problem).toMatch(
      /two in eu-west-1 is a StringList.*delete-parameter/,
    );
  });
});

describe('the table', () => {
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const index = (name: string, range: string, more = {}) => ({
    IndexName: name,
    KeySchema: key('entitlement', range),
    Projection: { ProjectionType: 'ALL' },
    ...more,
  });
  const wanted = { KeySchema: key('pk', 'sk'), GlobalSecondaryIndexes: [index('new', 'requestedAt')] };
  const about = (found: object | 'absent', ownTable: Answer = { found: 'jit-prod' }) =>
    judgeTable(
      found === 'absent' ? { absent: true } : { found: { ...wanted, TableStatus: 'ACTIVE', ...found } },
      {
        ...WHERE,
        table: 'jit-prod',
        ownTable,
        wanted,
      },
    ).map(({ problem }) => problem);
  const having = (...all: object[]) => ({ GlobalSecondaryIndexes: all });

  test('as this version needs it, or not there yet', () => {
    expect(about({})).toEqual([]);
    expect(about('absent', { absent: true })).toEqual([]);
  });

  test('of 0.1, with the older index and without the newer one, is sent through the two steps', () => {
    expect(about(having(index('old', 'endsAt')))).toEqual([
      expect.stringMatching(
        /older schema \(new is missing; old is of an earlier version\).*"Upgrading to 0\.2" in docs\/aws\.md/,
      ),
    ]);
    expect(about(having(index('new', 'endsAt')))).toEqual([
      expect.stringContaining(
        'new is entitlement HASH, endsAt RANGE, ALL, not entitlement HASH, requestedAt RANGE',
      ),
    ]);
  });

  test('goes on with the second step once the older index is gone, not before', () => {
    expect(about(having())).toEqual([]);
    const going = index('old', 'endsAt', { IndexStatus: 'DELETING' });
    expect(about({ ...having(going), TableStatus: 'UPDATING' })).toEqual([
      expect.stringMatching(/is UPDATING, so its index new cannot be made .* wait until the table is ACTIVE/),
    ]);
  });

  test('that fills an index meanwhile is no hindrance to a deployment that changes none', () => {
    const filling = index('new', 'requestedAt', { IndexStatus: 'CREATING' });
    expect(about({ ...having(filling), TableStatus: 'UPDATING' })).toEqual([]);
  });

  test('that outlived an earlier stack is neither taken nor lost', () => {
    expect(about({}, { absent: true })).toEqual([
      expect.stringMatching(
        /exists already, and the stack "jit-prod" does not have it.*--param table=.*import it/,
      ),
    ]);
    expect(about({}, { found: 'jit-other' })).toHaveLength(1);
    expect(about({}, refusal('AccessDenied'))).toEqual([]);
  });

  test('that is gone under the stack is to be restored', () => {
    expect(about('absent')).toEqual([expect.stringContaining('restore-table-to-point-in-time')]);
  });

  test('with another key is somebody else’s', () => {
    expect(about({ KeySchema: key('id', 'at') })).toEqual([
      expect.stringMatching(/^the key of the table .* is id HASH, at RANGE, not pk HASH, sk RANGE/),
    ]);
  });
});

test.each([
  ['stack', judgeStack, 'cloudformation:DescribeStacks', {}],
  ['bucket', judgeBucket, 's3:ListBucket on it', { bucket: 'b', role: 'policies' }],
  ['parameters', judgeParameters, 'ssm:DescribeParameters', { names: ['/a'] }],
  ['table', judgeTable, 'dynamodb:DescribeTable', { table: 't' }],
])('a %s that cannot be looked at holds nothing up, and the right is named', (_, one, right, more) => {
  for (const error of ['AccessDenied', 'AccessDeniedException'])
    expect(one(refusal(error), { ...WHERE, ...more })).toEqual([
      { note: expect.stringContaining(`(these credentials lack ${right})`) },
    ]);
  const other = one(refusal('TimeoutError'), { ...WHERE, ...more });
  expect(other).toEqual([{ note: expect.stringMatching(/was not looked at \(TimeoutError\)/) }]);
});
