/** @project outside */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { refused, says, startAws } from '../support/deploy/aws-double.js';
import { packaged, ROOT } from '../support/deploy/template.js';
import { ACCOUNT, REGION } from '../support/deploy/values.js';

const SECRETS = ['/jit/prod/slack-bot-token', '/jit/prod/slack-signing-secret'];
const wanted = packaged().template.Resources['Table']!.Properties;
const indexes = wanted['GlobalSecondaryIndexes'] as { IndexName: string }[];

/** A stack that CloudFormation updates, with all that it rests on. */
const WELL: Record<string, ReturnType<typeof refused>> = {
  'GetCallerIdentity ': says.identity(ACCOUNT),
  'DescribeStacks ': says.stack('UPDATE_COMPLETE'),
  'DescribeStackResource Table': says.resource('jit-prod'),
  'DescribeStackResource ServerlessDeploymentBucket': says.resource('jit-deployments'),
  'HEAD bucket jit-deployments': says.bucketIn(REGION),
  'HEAD bucket corp-jit': says.bucketIn(REGION),
  'DescribeParameters ': says.parameters(
    ...SECRETS.map((name) => [name, 'SecureString'] as [string, string]),
  ),
  'DescribeTable ': says.table({ ...wanted, TableStatus: 'ACTIVE' }),
};

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(ROOT, 'node_modules/.cache/jit-deploy-'));
  cpSync(dirname(dirname(packaged().file)), dir, { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true }));

/** `osls deploy` to an AWS that answers like this, and like a well one else. */
async function deploy(over: typeof WELL, { directory = '', params = [] as string[] } = {}) {
  writeFileSync(join(dir, 'dist/lambda/slack/policies/directory.yml'), `channel: C0ACCESS\n${directory}`);
  const answers = { ...WELL, ...over };
  const aws = await startAws(
    (action, about, owner) =>
      answers[`${action} ${about} ${owner}`] ??
      answers[`${action} ${about}`] ??
      refused('InternalFailure', 'what comes after the questions'),
  );
  const osls = join(ROOT, 'node_modules/osls/bin/serverless.js');
  const given = ['teamId=T0123456789', ...params].flatMap((param) => ['--param', param]);
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    CI: 'true',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: aws.url,
    SLS_AWS_REQUEST_MAX_RETRIES: '0',
  };
  const child = spawn(process.execPath, [osls, 'deploy', '--region', REGION, ...given], { cwd: dir, env });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await aws.close();
  const said = out + err;
  return { said, asked: aws.asked, refusals: [...said.matchAll(/^ {2}- (.*)$/gm)].map(([, one]) => one!) };
}

const nothingSent = (asked: string[]) =>
  expect(asked.filter((action) => !/^(?:GetCallerIdentity|Describe\w+|HEAD bucket)$/.test(action))).toEqual(
    [],
  );

describe('osls deploy', () => {
  test('goes on where all that it rests on is there', async () => {
    const { said, asked, refusals } = await deploy({}, { params: ['policyBucket=corp-jit'] });
    expect(refusals).toEqual([]);
    expect(said).not.toContain('was not looked at');
    expect(asked.filter((action) => action === 'HEAD bucket').length).toBeGreaterThan(3);
    expect(said).toContain('what comes after the questions');
  });

  test('goes on where there is nothing yet but the secrets', async () => {
    const missing = refused('ValidationError', 'Stack with id jit-prod does not exist');
    const { said, asked, refusals } = await deploy({
      'DescribeStacks ': missing,
      'DescribeStackResource Table': missing,
      'DescribeStackResource ServerlessDeploymentBucket': missing,
      'DescribeTable ': refused('ResourceNotFoundException'),
    });
    expect(refusals).toEqual([]);
    expect(said).not.toContain('was not looked at');
    expect(asked).toContain('CreateChangeSet');
  });

  test('sends nothing with credentials of another account than directory.yml says, and asks for no more than the stack', async () => {
    const { asked, refusals } = await deploy({}, { directory: 'account: "777788889999"\n' });
    expect(refusals).toEqual([
      `directory.yml says that jit runs in the account 777788889999, and these credentials are of ${ACCOUNT}: take credentials of the right account, or correct "account" in directory.yml and package again.`,
    ]);
    expect(new Set(asked)).toEqual(new Set(['GetCallerIdentity', 'DescribeStacks']));
  });

  test('sends nothing with an expired token, and says what to do', async () => {
    const expired = refused('ExpiredToken', 'The security token included in the request is expired', 403);
    const { asked, refusals } = await deploy({ 'GetCallerIdentity ': expired });
    expect(refusals).toEqual([
      expect.stringMatching(
        /security token included in the request is expired\): get new ones, with aws sso login/,
      ),
    ]);
    expect(new Set(asked)).toEqual(new Set(['GetCallerIdentity', 'DescribeStacks']));
  });

  test('sends nothing, and names at once all that is wrong', async () => {
    const old = indexes.filter(({ IndexName }) => IndexName !== 'by-entitlement-time');
    const entitlement = { AttributeName: 'entitlement', KeyType: 'HASH' };
    const byEnd = {
      IndexName: 'by-entitlement',
      KeySchema: [entitlement, { AttributeName: 'endsAt', KeyType: 'RANGE' }],
      Projection: { ProjectionType: 'ALL' },
    };
    const { asked, refusals } = await deploy(
      {
        'DescribeStacks ': says.stack('UPDATE_ROLLBACK_FAILED'),
        'HEAD bucket jit-deployments': refused('NotFound', '', 404),
        'HEAD bucket corp-jit': { status: 301, ...says.bucketIn('us-east-1') },
        'DescribeParameters ': says.parameters([SECRETS[0]!, 'String']),
        'DescribeTable ': says.table({
          ...wanted,
          TableStatus: 'ACTIVE',
          GlobalSecondaryIndexes: [...old, byEnd],
        }),
      },
      { params: ['policyBucket=corp-jit', 'pagerDutyTokenParameter=/jit/prod/pagerduty'] },
    );
    expect(refusals).toEqual([
      expect.stringMatching(/^the stack "jit-prod" in eu-west-1 is in the state UPDATE_ROLLBACK_FAILED: /),
      expect.stringMatching(/^the bucket "jit-deployments" .* does not exist: /),
      expect.stringMatching(
        /^the bucket "corp-jit" .* lies in us-east-1, and jit is deployed to eu-west-1: /,
      ),
      expect.stringMatching(/^the SSM parameter \/jit\/prod\/slack-bot-token in eu-west-1 is a String/),
      expect.stringMatching(/^there is no SSM parameter \/jit\/prod\/slack-signing-secret in eu-west-1: /),
      expect.stringMatching(/^there is no SSM parameter \/jit\/prod\/pagerduty in eu-west-1: /),
      expect.stringMatching(/^the table "jit-prod" in eu-west-1 has an older schema .*"Upgrading to 0\.2"/),
    ]);
    nothingSent(asked);
  });

  test('refuses a policy bucket of another account', async () => {
    const { refusals } = await deploy(
      { [`HEAD bucket corp-jit ${ACCOUNT}`]: refused('AccessDenied', '', 403) },
      { params: ['policyBucket=corp-jit'] },
    );
    expect(refusals).toEqual([expect.stringMatching(/^the bucket "corp-jit" .* is of another account: /)]);
  });

  test('says in one line each what it may not ask, and goes on', async () => {
    const denied = (code: string) => refused(code, 'is not authorized', code === 'AccessDenied' ? 403 : 400);
    const { said, refusals } = await deploy(
      {
        'DescribeStackResource Table': denied('AccessDenied'),
        'HEAD bucket corp-jit': denied('AccessDenied'),
        'DescribeParameters ': denied('AccessDeniedException'),
        'DescribeTable ': denied('AccessDeniedException'),
      },
      { params: ['policyBucket=corp-jit'] },
    );
    expect(refusals).toEqual([]);
    const rights = [...said.matchAll(/was not looked at \(these credentials lack (\S+?)(?: on it)?\)/g)];
    expect(rights.map(([, right]) => right!).sort()).toEqual([
      'dynamodb:DescribeTable',
      's3:ListBucket',
      'ssm:DescribeParameters',
    ]);
    expect(said).toContain('what comes after the questions');
  });
});
